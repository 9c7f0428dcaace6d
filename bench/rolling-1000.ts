import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Case } from "./bench.ts";
import { rollOut } from "./roll-out.ts";

/** How the thousand nodes stand: the rest of a group is looked at before each batch of it. */
const layouts = [
  ["one group", 1],
  ["20 groups", 20],
] as const;

/** Each is done ten times, so that it is not lost in the start of Node. */
const works = [
  ["make the plan ten times", "plan", 10_000],
  ["fold the whole record ten times", "fold", 1_500],
  ["what the runner checks before a step, ten times", "permission", 10_000],
  ["the card, ten times", "card", 1_000],
  ["the whole thread, ten times", "thread", 10_000],
  ["the change record, ten times", "record", 10_000],
] as const;

/** A rolling upgrade of 1,000 nodes in batches of 10, from its plan to the removal of the old packages. */
export const rolling1000: Bench = {
  name: "rolling-1000",
  title: "A rolling upgrade of 1,000 nodes",
  async prepare(folder) {
    const cases: Case[] = [];
    for (const [layout, groups] of layouts) {
      const record = join(folder, `${groups}.json`);
      await writeFile(record, JSON.stringify(rollOut({ nodes: 1_000, groups })));
      const program = (work: string): Case["program"] => [
        fileURLToPath(new URL("programs/rolling-upgrade.ts", import.meta.url)),
        record,
        work,
      ];
      const floor = `${layout}: read the record`;
      cases.push({ name: floor, program: program("nothing") });
      for (const [what, work, wallMs] of works) {
        cases.push({ name: `${layout}: ${what}`, program: program(work), floor, budget: { wallMs, peakMb: 500 } });
      }
    }
    return cases;
  },
};
