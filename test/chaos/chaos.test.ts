import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";

const minutes = 5;
/** Always the same choices; what else happens between them is never the same twice. */
const seed = "check";
const figuresSchema = z.object({ irreversible: z.number() });
/** The world has to be made, and what is open when nothing goes wrong any more has to come to an end. */
const timeout = (minutes + 12) * 60_000;

test(`${minutes} minutes of kills, stops and partitions break no invariant`, { timeout }, async () => {
  const program = join(import.meta.dirname, "main.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "--minutes", String(minutes), "--seed", seed];
  const { exitCode, stdout, stderr } = await execa(process.execPath, words, {
    reject: false,
    timeout,
    forceKillAfterDelay: 20_000,
  });
  // The command that does the same again stands in what it said.
  expect({ exitCode, said: exitCode === 0 ? "" : `${stderr}\n${stdout.slice(-6_000)}` }).toEqual({
    exitCode: 0,
    said: "",
  });
  const figures = stdout.split("\n").findLast((line) => line.includes('{"disturbances"')) ?? "";
  process.stdout.write(`chaos with seed ${seed}: ${figures}\n`);
  // Nothing is proven by a time in which nothing irreversible was executed.
  expect(figuresSchema.parse(JSON.parse(figures.slice(figures.indexOf("{")))).irreversible).toBeGreaterThan(0);
});
