/** Stands in for `pg_dump` in the rehearsal of a bad backup: the real dump, then only its first half. */
import { stat, truncate } from "node:fs/promises";
import { execa } from "execa";

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error("give the path of pg_dump first");
const result = await execa(program, args, { stdio: "inherit", reject: false });
const file =
  args[args.findIndex((arg) => arg === "-f" || arg === "--file") + 1] ??
  args.find((arg) => arg.startsWith("--file="))?.slice("--file=".length);
if (result.exitCode === 0 && file !== undefined) {
  const { size } = await stat(file);
  await truncate(file, Math.floor(size / 2));
}
process.exitCode = result.exitCode ?? 1;
