import { lookBy } from "#src/discovery/cluster-commands.ts";
import { plainLines } from "#src/kong/cli-output/command-output.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";

/** Lines that people see of what a program printed. */
const shownLines = 10;
/** Lines that a pattern is looked for in; who prints more was asked the wrong question. */
const readLines = 100_000;

/**
 * Lets a program look. Its exit status answers where no pattern is given, as that of `cmp` does; with a pattern an exit
 * status other than 0 means that it could not look.
 */
export async function commandOutput(
  { look: { argv, via }, matches, isAbsent = false }: Extract<Probe, { readonly kind: "command_output" }>,
  { ports }: ProbeContext,
): Promise<Answer> {
  const shown = argv.join(" ");
  const output = await lookBy(argv, ports, via);
  const lines = plainLines(output.stdout).filter((line) => line !== "");
  const said = [...plainLines(output.stderr).filter((line) => line !== ""), ...lines].slice(-shownLines);
  const { exitCode } = output;
  if (exitCode === undefined) return unclear(`${shown} was ended by a signal`, said);
  if (matches === undefined) {
    return exitCode === 0 ? good(`${shown} says yes`, said) : bad(`${shown} ended with exit status ${exitCode}`, said);
  }
  if (exitCode !== 0) return unclear(`${shown} could not look: it ended with exit status ${exitCode}`, said);
  if (lines.length > readLines) return unclear(`${shown} printed ${lines.length} lines, too many to look through`);
  const pattern = new RegExp(matches, "u");
  const found = lines.filter((line) => pattern.test(line));
  const isFound = found.length > 0;
  const summary = isFound ? `${shown} prints a line like /${matches}/` : `${shown} prints no line like /${matches}/`;
  const details = (isFound ? found : said).slice(-shownLines);
  return isFound === isAbsent ? bad(summary, details) : good(summary, details);
}
