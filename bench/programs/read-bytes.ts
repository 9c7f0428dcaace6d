// The floor of everything: Node starts and the file is read.
import { readFileSync } from "node:fs";

for (const path of process.argv.slice(2)) readFileSync(path, "utf8");
