import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { actorOf } from "#src/upgrade/identity.ts";
import { inSlack, bob } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

/** Longer than any test waits: only a cancellation ends it. */
const forEver = 600_000;

async function cancel(stage: Stage, stepId: string): Promise<void> {
  const wish = { intent: "cancel_step", stepId, attempt: 1, reason: "enough", by: inSlack(bob) } as const;
  const answer = await stage.record.submit(stage.id, wish, actorOf(wish.by));
  if (!answer.ok) throw new Error(answer.problem.sentence);
}

test("a step that is cancelled ends with all its processes, grandchildren too, and says what it may have left", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "backup-files",
      action: {
        kind: "commands",
        commands: [
          shell(`(sleep 600; echo x > ${folder}/late) & echo x > ${folder}/begun; wait`),
          shell(`echo x > ${folder}/second`),
        ],
      },
      proof: [present(`${folder}/work`)],
      timeoutMs: forEver,
    }),
  ]);
  // The sweep would hear it too, much later: what is fast here is the notification.
  await stage.start({ sweepEveryMs: forEver });
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  await cancel(stage, "backup-files");
  const failed = await stage.until("backup-files", "failed");
  expect(failed.reason).toContain("was cancelled; no process of it is left");
  expect(failed.reason).toContain("Incomplete files may lie in the backup folder");
  expect(failed.report?.commands).toMatchObject([{ timedOut: false }]);
  expect(existsSync(`${stage.folder}/second`)).toBe(false);
});

test("where the notification is lost, the next sweep hears it", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "backup-files",
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/begun; sleep 600`)] },
      timeoutMs: forEver,
    }),
  ]);
  const listen = (onChange: (change: { readonly kind: "gap" }) => void): AsyncDisposable => {
    onChange({ kind: "gap" });
    return { [Symbol.asyncDispose]: async () => undefined };
  };
  await stage.start({ record: { ...stage.record, listen } });
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  await cancel(stage, "backup-files");
  expect((await stage.until("backup-files", "failed")).reason).toContain("was cancelled");
});

test("watching and looking stop by the same wish, and nothing was changed by them", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "soak",
      action: {
        kind: "soak",
        durationMs: forEver,
        sampleEveryMs: forEver,
        maxErrorRateIncrease: 0,
        smokeTests: [],
      },
      isIdempotent: true,
      proof: [present(folder)],
    }),
  ]);
  await stage.start();
  await stage.until("soak", "running");
  await cancel(stage, "soak");
  const failed = await stage.until("soak", "failed");
  expect(failed.reason).toBe(
    "watching was cancelled; no process of it is left. Nothing was changed: the step only looks",
  );
});

test("a step that ends by itself before the wish reaches it is done", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "backup-files",
      action: {
        kind: "commands",
        commands: [shell(`echo x > ${folder}/begun; while [ ! -f ${folder}/go ]; do sleep 0.05; done`)],
      },
      proof: [present(`${folder}/begun`)],
    }),
  ]);
  let looks = 0;
  const deaf = {
    ...stage.record,
    // It looks once, to begin the step, and hears of nothing then.
    listen: () => ({ [Symbol.asyncDispose]: async () => undefined }),
    list: async (query: Parameters<Stage["record"]["list"]>[0]) => {
      looks += 1;
      return looks === 1 ? stage.record.list(query) : [];
    },
  };
  await stage.start({ sweepEveryMs: forEver, record: deaf });
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  await cancel(stage, "backup-files");
  await writeFile(`${stage.folder}/go`, "");
  expect(await stage.until("backup-files", "done")).toMatchObject({ how: "proven" });
  const types = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  expect(types).toContain("step_cancel_requested");
});
