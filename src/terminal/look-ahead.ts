import { helpFor } from "./check-help.ts";
import { readCheckOptions } from "./check-options.ts";
import type { Terminal } from "./look-at.ts";
import type { Printed } from "./run-word.ts";

/** The two words that look ahead and change nothing: what an upgrade would meet, and the checklist it would follow. */
export async function lookAhead(
  word: "check" | "plan",
  words: readonly string[],
  terminal: Terminal,
): Promise<Printed> {
  const options = readCheckOptions(word, words);
  if (options === undefined) return { text: helpFor(word), status: 0 };
  // Each word loads only what it needs.
  return word === "check"
    ? (await import("./check.ts")).checkAtTerminal(options, terminal)
    : (await import("./plan.ts")).planAtTerminal(options, terminal);
}
