import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { inSlack, alice } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { appendAfter } from "./append-after.ts";
import { alarms, approve, dangerous, key, refusal, submit } from "./approved-step.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { present } from "./stage.ts";

const keys = { publicKeys: [key.publicKey] };
const tables = ["event", "upgrade", "upgrade_lock", "step_claim"];

/** Runs statements as a superuser who takes the append-only trigger away. */
async function asSuperuser(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
    for (const statement of statements) await client.query(statement);
    await client.query("alter table kong_upgrade.event enable trigger event_is_append_only");
  } finally {
    await client.end();
  }
}

async function starts(stage: Stage): Promise<number> {
  return (await stage.record.events(stage.id, 0)).filter(({ event }) => event.type === "step_started").length;
}

async function linesOf(stage: Stage): Promise<number> {
  return (await readFile(`${stage.folder}/work`, "utf8")).split("\n").filter((line) => line !== "").length;
}

test("T19: a database that is put back to before the start does not make a runner use an approval twice", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  await asSuperuser(
    stage.databaseUrl,
    tables.map((table) => `create table public.${table} as select * from kong_upgrade.${table}`),
  );
  const first = await stage.start(keys);
  await stage.until("work", "done");
  await first.stop();
  await asSuperuser(
    stage.databaseUrl,
    tables.flatMap((table) => [
      `delete from kong_upgrade.${table}`,
      `insert into kong_upgrade.${table} select * from public.${table}`,
    ]),
  );
  expect(await starts(stage)).toBe(0);

  await stage.start(keys);

  const [told] = await waitUntil("an alarm", async () => {
    const found = await alarms(stage);
    return found.length > 0 && found;
  });
  expect(told).toMatch(
    /has started step work \(attempt 1\) on this very approval before.*put back to an earlier state/u,
  );
  expect(await starts(stage)).toBe(0);
  expect(await linesOf(stage)).toBe(1);
});

test("T19: a claim that somebody deleted lets no second runner in while the step runs", async () => {
  await using stage = await setStage((folder) => [
    dangerous(folder, {
      action: {
        kind: "commands",
        commands: [
          {
            target: "runner",
            argv: ["/bin/sh", "-c", `echo x >> ${folder}/work; while [ ! -e ${folder}/end ]; do sleep 0.1; done`],
            env: {},
            secrets: {},
          },
        ],
      },
    }),
  ]);
  await approve(stage);
  await stage.start(keys);
  await waitUntil("the work", () => existsSync(`${stage.folder}/work`));
  await asSuperuser(stage.databaseUrl, ["delete from kong_upgrade.step_claim"]);
  let looks = 0;
  await stage.start({
    ...keys,
    runnerId: "second",
    record: {
      ...stage.record,
      find: (id) => {
        looks += 1;
        return stage.record.find(id);
      },
    },
  });
  await waitUntil("looks of the second runner", () => looks >= 3);
  expect(await starts(stage)).toBe(1);
  expect(await linesOf(stage)).toBe(1);
  await writeFile(`${stage.folder}/end`, "");
  await stage.until("work", "done");
});

test("T13: the approval of an attempt that failed is not taken for its retry", async () => {
  await using stage = await setStage((folder) => [dangerous(folder, { proof: [present(`${folder}/never`)] })]);
  await approve(stage);
  const first = await stage.start(keys);
  await stage.until("work", "failed");
  await first.stop();
  const before = await stage.record.events(stage.id, 0);
  await submit(stage, { intent: "retry", stepId: "work", attempt: 1, by: inSlack(alice) });
  await stage.until("work", "ready");
  const progress = await stage.progress("work");
  const digest = progress?.kind === "ready" ? progress.approval?.digest : undefined;
  if (digest === undefined) throw new Error("nothing was asked");
  const forged = before.flatMap(({ event }) =>
    event.type === "ballot_cast" || event.type === "approval_granted" || event.type === "approval_signed"
      ? [{ ...event, attempt: 2, ...("digest" in event ? { digest } : {}) }]
      : [],
  );
  await appendAfter(stage.databaseUrl, stage.record, stage.id, forged);

  await stage.start({ ...keys, runnerId: "second" });

  expect((await refusal(stage)).alarm).toMatch(/given for another attempt: 1/u);
  expect(await starts(stage)).toBe(1);
  expect(await linesOf(stage)).toBe(1);
});

test("T24: a lock that was taken anew since the approval was signed starts nothing", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  await asSuperuser(stage.databaseUrl, ["update kong_upgrade.upgrade_lock set fence = nextval('kong_upgrade.fence')"]);
  await stage.start(keys);
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(/given under another lock/u), isBegun: false });
});

test("T23: a machine whose clock is wrong starts nothing that was approved, says so once, and goes on when it is right", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  let offMs = 31_000;
  let looks = 0;
  await stage.start({
    ...keys,
    nowMs: () => Date.now() + offMs,
    sweepEveryMs: 100,
    record: {
      ...stage.record,
      lockOf: (environment) => {
        looks += 1;
        return stage.record.lockOf(environment);
      },
    },
  });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/clock of this runner's machine and the database's differ by more than 30 s/u),
    isBegun: false,
  });
  offMs = -31_000;
  const seen = looks;
  // The first of these may have begun before the clock was set.
  await waitUntil("two more looks", () => looks >= seen + 2);
  expect(await alarms(stage)).toHaveLength(1);
  expect(await starts(stage)).toBe(0);
  offMs = 20_000;
  await stage.until("work", "done");
  expect(await alarms(stage)).toHaveLength(1);
});

test("a step that nobody has to approve starts whatever the clock of the machine says", async () => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "safe" })]);
  await stage.start({ ...keys, nowMs: () => Date.now() + 3_600_000 });
  await stage.until("work", "done");
  expect(await alarms(stage)).toEqual([]);
});
