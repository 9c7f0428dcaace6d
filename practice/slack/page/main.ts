import { h, render } from "preact";
import { App } from "./app.ts";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no element with the id app");
root.replaceChildren();
render(h(App, {}), root);
