import { join } from "node:path";
import { execa } from "execa";
import { compileCache } from "#practice/world/compile-cache.ts";

const main = join(import.meta.dirname, "..", "..", "..", "src", "main.ts");

/** How a process of ours ended and what it said. */
export interface Ended {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `kong-upgrade` with these words and exactly this environment (and PATH), and waits for its end. */
export async function runKongUpgrade(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  timeoutMs = 120_000,
): Promise<Ended> {
  const { PATH = "", HOME = "/tmp" } = process.env;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...words], {
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    timeout: timeoutMs,
  });
  return { status: exitCode, stdout, stderr };
}
