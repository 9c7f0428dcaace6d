import htm from "htm";
import { h } from "preact";
import type { ComponentChildren } from "preact";

/** Anything that can stand in a template. */
export type Markup = ComponentChildren;

/** Builds elements from tagged templates; text is always inserted as text, never parsed as HTML. */
export const html = htm.bind<Markup>(h);
