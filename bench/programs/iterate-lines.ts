// The floor: every line of a program's output by execa's own iteration, and nothing done with it.
import { execa } from "execa";

const [file = "", ...words] = process.argv.slice(2);
let lines = 0;
for await (const line of execa(file, words, { buffer: false, stdin: "ignore" })) if (line.length > 0) lines += 1;
if (lines === 0) throw new Error(`${file} printed nothing`);
