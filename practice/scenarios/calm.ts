import { drive, planAndStart } from "./director.ts";
import { exportAndVerify } from "./record-check.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
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
    await demandCurves(stage);
    return await exportAndVerify(stage);
  },
};

/** What the clients saw while the new version was watched is in the thread as a picture. */
async function demandCurves(stage: Stage): Promise<void> {
  const { picture, text } = await stage.until("the curves of the watching in the thread", async () =>
    (await stage.thread())
      .flatMap((message) => message.files.map((file) => ({ picture: file, text: message.text })))
      .find((shared) => /-soak-\d+\.png$/u.test(shared.picture.name)),
  );
  demand(/p99 [\d.]+ ms.*requests\/s/u.test(text), `latency and request rate are told (${text})`);
  const content = await stage.people.file(picture.id);
  demand(content.slice(1, 4) === "PNG", `${picture.name} is a picture`);
}
