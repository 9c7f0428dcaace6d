import { drive, planAndStart } from "./director.ts";
import { exportAndVerify } from "./record-check.ts";
import type { Scenario } from "./scenario.ts";
import { demand, demandUpgraded } from "./world-check.ts";

/** The main job when nothing goes wrong. */
export const calm: Scenario = {
  name: "in-place",
  summary: "2.8.5 → 3.4.2 in place, from the first command to the verified record",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    const ending = await drive(stage);
    demand(ending === "completed", `the upgrade completes (it ended: ${ending})`);
    await demandUpgraded(stage);
    return await exportAndVerify(stage);
  },
};
