import { describe, expect, test } from "vitest";
import { faults } from "#practice/scenarios/catalogue.ts";
import { openStage } from "#practice/scenarios/stage.ts";

/** Rehearses one half of what can go wrong: each takes a minute or more, and files run beside each other. */
export function rehearseHalf(half: 0 | 1): void {
  describe("rehearsals of what can go wrong end as they must, with a record that verifies off-line", () => {
    const chosen = faults.filter((_, index) => index % 2 === half);
    test.for(chosen)("$name", { timeout: 300_000 }, async (fault) => {
      const lines: string[] = [];
      try {
        const tally = await fault.run((special) =>
          openStage({ print: (line) => lines.push(line), env: process.env, ...special }),
        );
        expect(tally.events).toBeGreaterThan(10);
      } catch (error) {
        // Without the thread nobody could tell what happened.
        throw new Error(`${fault.name}: ${lines.slice(-40).join("\n")}`, { cause: error });
      }
    });
  });
}
