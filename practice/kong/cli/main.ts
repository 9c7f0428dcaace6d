/**
 * Entry of the simulated `kong` command: `node main.ts <version> outer|inner <kong's arguments>`.
 * The launchers that `installation.ts` writes call it; "inner" is what the top process of 3.4 and later calls.
 */
import { loadKongVersion } from "#practice/kong/versions/catalogue.ts";
import { parseCommandLine } from "./arguments.ts";
import { KongFailure, describeFailure } from "./failure.ts";
import type { Invocation } from "./invocation.ts";
import { isDelegated, runOuter } from "./outer-process.ts";
import { openOutput } from "./output.ts";
import { runCommand } from "./run-command.ts";

const [, , versionName = "", role = "outer", ...args] = process.argv;
process.exit(await main());

async function main(): Promise<number> {
  // Neither stops a command that works (transcripts 06 B, 11, 12); an interrupt ends it at once, buffered output is lost.
  process.on("SIGTERM", () => undefined);
  process.on("SIGHUP", () => undefined);
  process.on("SIGINT", () => process.exit(130));

  const env = process.env;
  const version = await loadKongVersion(versionName);
  const parsed = parseCommandLine(args, version);
  if (parsed.kind === "usage") {
    openOutput({ verbosity: "info", stdbuf: undefined }).complain(parsed.text);
    return 1;
  }
  const { line } = parsed;
  const output = openOutput({ verbosity: line.flags.verbosity, stdbuf: env["_STDBUF_O"] });
  const invocation: Invocation = { version, line, env, output };
  try {
    const code =
      role === "outer" && isDelegated(invocation) ? await runOuter(invocation, args) : await runCommand(invocation);
    await output.flush();
    return code;
  } catch (error) {
    const message = error instanceof KongFailure ? error.message : `simulator: ${describe(error)}`;
    output.complain(describeFailure(message, line.flags.verbosity !== "info"));
    await output.flush();
    return 1;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
