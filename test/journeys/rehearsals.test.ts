import { describe, expect, test } from "vitest";
import { faults } from "#practice/scenarios/catalogue.ts";
import { openStage } from "#practice/scenarios/stage.ts";

describe("rehearsals of what can go wrong end as they must, with a record that verifies off-line", () => {
  test.for(faults)("$name", { timeout: 300_000 }, async (fault) => {
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
