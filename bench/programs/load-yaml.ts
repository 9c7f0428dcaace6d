// The floor of parsing: the library's own `load`, which tells no lines and keeps secrets.
import { readFileSync } from "node:fs";
import { load } from "js-yaml";

for (const path of process.argv.slice(2)) load(readFileSync(path, "utf8"));
