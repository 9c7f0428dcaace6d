import { expect, test } from "vitest";
import { faults } from "#practice/scenarios/catalogue.ts";
import { openStage } from "#practice/scenarios/stage.ts";

/** Rehearses one fault of the catalogue. One file each: a rehearsal takes a minute, most of it waiting, and files run beside each other. */
export function rehearse(name: string): void {
  test(`${name} ends as it must, with a record that verifies off-line`, { timeout: 900_000 }, async () => {
    const fault = faults.find((each) => each.name === name);
    if (fault === undefined)
      throw new Error(`no rehearsal ${name}; there are ${faults.map((each) => each.name).join(", ")}`);
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
}
