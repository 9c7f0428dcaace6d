import { plainLines } from "#src/kong/cli-output/command-output.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";

/** Lines that people see of what the command printed. */
const shownLines = 10;

/** Asks the site's own command whether its hook has done its work. */
export async function hookDone(
  { look: { target, argv, via }, timeoutMs }: Extract<Probe, { readonly kind: "hook_done" }>,
  { ports }: ProbeContext,
): Promise<Answer> {
  const shown = `${argv.join(" ")} (${target})`;
  const output = await ports.runCommand({ argv, env: {}, timeoutMs, via });
  const said = [output.stderr, output.stdout].flatMap((text) => plainLines(text).filter((line) => line !== ""));
  const details = said.slice(-shownLines);
  if (output.timedOut) return unclear(`${shown} gave no answer in ${timeoutMs} ms`, details);
  switch (output.exitCode) {
    case 0:
      return good(`${shown} says that it is done`, details);
    case 1:
      return bad(`${shown} says that it is not done`, details);
    case undefined:
      return unclear(`${shown} was ended by a signal`, details);
    default:
      return unclear(`${shown} could not tell: exit status ${output.exitCode}`, details);
  }
}
