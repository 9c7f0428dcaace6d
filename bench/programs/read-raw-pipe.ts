// Prints nothing: reads the bytes of a program's output and drops them, the least that anybody can do.
import { spawn } from "node:child_process";
import { once } from "node:events";

const [file = "", ...words] = process.argv.slice(2);
const child = spawn(file, words, { stdio: ["ignore", "pipe", "inherit"] });
let bytes = 0;
child.stdout.on("data", (chunk: Buffer) => {
  bytes += chunk.length;
});
await once(child, "close");
if (bytes === 0) throw new Error(`${file} printed nothing`);
