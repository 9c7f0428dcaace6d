import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { carol, key } from "./approved-step.ts";
import { setStage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

test("a runner whose lock was released while it worked ends its step and starts no other", async () => {
  await using stage = await setStage(
    (folder) => [
      createStep({
        id: "first",
        action: {
          kind: "commands",
          commands: [
            shell(`touch ${folder}/begun; while [ ! -e ${folder}/go ]; do sleep 0.05; done; touch ${folder}/ended`),
          ],
        },
        proof: [present(`${folder}/ended`)],
      }),
      createStep({
        id: "second",
        action: { kind: "commands", commands: [shell(`touch ${folder}/second`)] },
        proof: [present(`${folder}/second`)],
      }),
    ],
    { operators: { users: [carol.userId], groups: [] } },
  );
  const runner = await stage.start({ publicKeys: [key.publicKey] });
  await waitUntil("the first step to work", () => existsSync(`${stage.folder}/begun`));
  const before = await stage.record.lockOf("practice");
  const release = { intent: "release_lock", reason: "scrapped", by: { kind: "slack", person: carol } } as const;
  const actor = { kind: "bot", replica: "test" } as const;
  const refused = await stage.record.submit(stage.id, { ...release, evenIfUnsettled: false }, actor);
  expect(refused).toMatchObject({ ok: false, problem: { sentence: expect.stringContaining("runs on runner-1") } });

  const told = await stage.record.submit(stage.id, { ...release, evenIfUnsettled: true }, actor);
  expect(told.ok).toBe(true);
  await writeFile(`${stage.folder}/go`, "");
  await waitUntil("the step to end", () => existsSync(`${stage.folder}/ended`));
  await runner.drain();

  expect(existsSync(`${stage.folder}/second`)).toBe(false);
  const events = (await stage.record.events(stage.id, 0)).map(({ event }) => event);
  expect(events.flatMap((event) => (event.type === "alarm_raised" ? [event.what] : []))).toEqual([]);
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === "step_started")).toHaveLength(1);
  // How the step ended is written down all the same.
  expect(types.slice(-3)).toEqual(["lock_released", "upgrade_aborted", "result_came_late"]);
  expect(before?.fence).toBeDefined();
  expect(await stage.record.lockOf("practice")).toBeUndefined();
});
