import { writeFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { fingerprintTables } from "#src/discovery/table-measures.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import { sealPlan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { Drift } from "#src/upgrade/drift.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { appendAfter } from "./append-after.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createEnvironment, createStep, present, resolverFor, shell } from "./stage.ts";

const tables = `
create table routes (id uuid primary key, name text, paths text[], updated_at timestamptz);
create table keyauth_credentials (id uuid primary key, key text, created_at timestamptz);
create table audit_requests (request_id text primary key, request_timestamp timestamp, client_ip text, path text,
  method text, status int, rbac_user_id uuid, payload text);
create table rbac_users (id uuid primary key, name text);
insert into routes select ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, 'route-' || i,
  array['/' || i], now() - interval '1 day' from generate_series(1, 20) i;
insert into rbac_users values ('00000000-0000-0000-0000-0000000000aa', 'anna')`;

const written = `
update routes set paths = array['/changed'], updated_at = now() where name = 'route-3';
delete from routes where name = 'route-5';
insert into keyauth_credentials values ('00000000-0000-0000-0000-0000000000bb', 'Very-Secret-Key', now());
insert into audit_requests values ('1', now() at time zone 'utc', '10.0.0.7', '/routes/route-5?apikey=Hidden', 'DELETE',
  204, '00000000-0000-0000-0000-0000000000aa', 'Very-Secret-Key')`;

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A frozen configuration that was measured; the step before the last one waits for a file. */
async function frozen(kongUrl: string, workClass: Step["class"] = "safe"): Promise<Stage> {
  const { database } = createEnvironment(kongUrl);
  if (database === undefined) throw new Error("the test environment has a database");
  const measured = { action: { kind: "baseline" }, isIdempotent: true } as const;
  const waiting = (folder: string) => shell(`while [ ! -e ${folder}/go ]; do sleep 0.05; done`);
  return setStage(
    (folder) => [
      createStep({ id: "freeze", proof: [present(folder)] }),
      createStep({ id: "baseline", ...measured, proof: [present(folder)] }),
      createStep({
        id: "back-up",
        action: { kind: "commands", commands: [waiting(folder)] },
        proof: [present(folder)],
      }),
      createStep({ id: "copy", proof: [present(folder)] }),
      createStep({
        id: "work",
        class: workClass,
        action: { kind: "commands", commands: [shell(`date > ${folder}/worked`)] },
        proof: [present(`${folder}/worked`)],
      }),
      createStep({ id: "unfreeze", proof: [present(folder)] }),
    ],
    { database, nodes: [] },
  );
}

async function driftOf(stage: Stage): Promise<Drift> {
  return waitUntil("a drift to be found", async () => {
    const upgrade = await stage.record.find(stage.id);
    return upgrade?.status === "active" && upgrade.drift;
  });
}

test("a write during the freeze stops before the next step, names what was written and by whom, and goes on by a reason", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  await using stage = await frozen(kong.url);
  await stage.start();
  await stage.until("back-up", "running");
  await run(kong.url, written);
  await writeFile(`${stage.folder}/go`, "");
  const drift = await driftOf(stage);
  expect(await stage.progress("copy")).toMatchObject({ kind: "ready" });
  const named = drift.changes.map(({ table, what, name, by }) => `${table} ${name ?? "-"} ${what} ${by ?? ""}`.trim());
  expect(named.toSorted()).toEqual([
    "keyauth_credentials - created",
    "routes route-3 updated",
    "routes route-5 deleted anna (10.0.0.7): DELETE /routes/route-5",
  ]);
  expect(drift).toMatchObject({ total: 3, audit: "read", counts: { routes: 19, keyauth_credentials: 1 } });
  expect(drift.changes.every(({ at }) => at !== undefined)).toBe(true);
  expect(JSON.stringify(await stage.record.events(stage.id, 0))).not.toMatch(/Very-Secret-Key|Hidden/u);

  const by = inSlack(alice);
  const accept = { intent: "accept_drift", digest: driftDigest(drift), reason: "agreed with the team", by } as const;
  const stale = await stage.record.submit(stage.id, { ...accept, digest: driftDigest({ fingerprint: {} }) }, actor);
  expect(stale).toMatchObject({ ok: false, problem: { code: "outdated" } });
  expect(await stage.record.submit(stage.id, accept, actor)).toMatchObject({ ok: true });
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  const events = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  expect(events.filter((type) => type.startsWith("drift_"))).toEqual(["drift_found", "drift_accepted"]);
});

const actor = { kind: "bot", replica: "test" } as const;

test("a write whose names the record never takes stops all the same, told by its table alone", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  await using stage = await frozen(kong.url, "disruptive");
  await run(
    stage.databaseUrl,
    `create function public.refuse_drift() returns trigger language plpgsql as $$
      begin raise exception 'no room for swordfish' using errcode = '22P05'; end $$;
    create trigger refuse_drift before insert on kong_upgrade.event
      for each row when (new.type = 'drift_found' and new.data::text like '%route-3%')
      execute function public.refuse_drift();`,
  );
  await stage.start();
  await stage.until("back-up", "running");
  await run(kong.url, "update routes set paths = array['/changed'], updated_at = now() where name = 'route-3'");
  await writeFile(`${stage.folder}/go`, "");
  const drift = await driftOf(stage);
  expect(drift).toMatchObject({ changes: [{ table: "routes", what: "changed" }], total: 1 });
  expect(drift.changes).toHaveLength(1);
  expect(await stage.progress("copy")).toMatchObject({ kind: "ready" });
});

test("where nobody can look, a safe step goes on and says so, and any other waits for a person who can look again", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  await using stage = await frozen(kong.url, "disruptive");
  // Who cannot log in fails as one does whose database is gone.
  let isLost = false;
  const resolveSecret = async (ref: SecretRef): Promise<string> => {
    if (isLost) throw new Error("no password for kong");
    return resolverFor(stage.databaseUrl)(ref);
  };
  await stage.start({ resolveSecret, lookPatienceMs: 300 });
  await stage.until("back-up", "running");
  isLost = true;
  await writeFile(`${stage.folder}/go`, "");
  const asked = await waitUntil("a person to be asked", async () => {
    const upgrade = await stage.record.find(stage.id);
    return upgrade?.status === "active" && upgrade.lookFailure?.state === "asked" && upgrade.lookFailure;
  });
  expect(asked).toMatchObject({ stepId: "work", reason: "no password for kong" });
  expect(await stage.progress("copy")).toMatchObject({ kind: "done" });
  expect(await stage.progress("work")).toMatchObject({ kind: "ready" });
  const by = inSlack(alice);
  isLost = false;
  const again = { intent: "look_again", stepId: "work", attempt: 1, by } as const;
  expect(await stage.record.submit(stage.id, again, actor)).toMatchObject({ ok: true });
  await stage.until("work", "done");
  const failed = (await stage.record.events(stage.id, 0)).flatMap(({ event }) =>
    event.type === "drift_look_failed" ? [`${event.beforeStep} ${event.stops}`] : [],
  );
  expect(failed).toEqual(["copy false", "work true"]);
});

test("a configuration that nobody writes stops nothing", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  await using stage = await frozen(kong.url);
  await stage.start();
  await stage.until("back-up", "running");
  // Saving an entity unchanged is no change; nor is what the log of the Admin API itself adds.
  await run(kong.url, "update routes set updated_at = now(); insert into audit_requests (request_id) values ('2')");
  await writeFile(`${stage.folder}/go`, "");
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  const events = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  expect(events).not.toContain("drift_found");
});

const byAlice = inSlack(alice);

async function acceptWrite(stage: Stage, drift: Drift): Promise<void> {
  const digest = driftDigest(drift);
  const intent = { intent: "accept_drift", digest, reason: "known", by: byAlice } as const;
  expect(await stage.record.submit(stage.id, intent, actor)).toMatchObject({ ok: true });
}

test("while a person does a step writes are looked for, and it is not confirmed over one", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  const { database } = createEnvironment(kong.url);
  const byHand = { kind: "manual", instruction: "Do it.", button: "Done" } as const;
  await using stage = await setStage(
    (folder) => [
      createStep({ id: "freeze", proof: [present(folder)] }),
      createStep({ id: "baseline", action: { kind: "baseline" }, isIdempotent: true, proof: [present(folder)] }),
      createStep({ id: "keyring", action: byHand }),
      createStep({ id: "unfreeze", action: byHand }),
    ],
    { ...(database && { database }), nodes: [] },
  );
  await stage.start({ lookByHandEveryMs: 100 });
  const told = async (stepId: string) =>
    (await stage.record.events(stage.id, 0)).some(
      ({ event }) => event.type === "drift_not_found" && event.beforeStep === stepId,
    );
  await waitUntil("a look at the step by hand", () => told("keyring"));
  await run(kong.url, "delete from routes where name = 'route-7'");
  const drift = await driftOf(stage);
  expect(drift.changes).toMatchObject([{ table: "routes", name: "route-7", what: "deleted" }]);
  const confirm = { intent: "confirm_manual_step", attempt: 1, note: "", by: byAlice } as const;
  const early = await stage.record.submit(stage.id, { ...confirm, stepId: "keyring" }, actor);
  expect(early).toMatchObject({ ok: false, problem: { code: "not_now" } });
  await acceptWrite(stage, drift);
  expect(await stage.record.submit(stage.id, { ...confirm, stepId: "keyring" }, actor)).toMatchObject({ ok: true });
  await waitUntil("a look before writes are allowed again", () => told("unfreeze"));
  expect(await stage.record.submit(stage.id, { ...confirm, stepId: "unfreeze" }, actor)).toMatchObject({ ok: true });
});

test("on the way back a write is found before the restore; after it the configuration has to be what was backed up", async () => {
  await using kong = await createDatabase();
  await run(kong.url, tables);
  await run(kong.url, "insert into keyauth_credentials values (gen_random_uuid(), 'old', now())");
  const { database } = createEnvironment(kong.url);
  const waits = (file: string) => ({
    kind: "commands" as const,
    commands: [shell(`while [ ! -e ${file} ]; do sleep 0.05; done`)],
  });
  await using stage = await setStage(
    (folder) => [
      createStep({ id: "freeze", proof: [present(folder)] }),
      createStep({ id: "baseline", action: { kind: "baseline" }, isIdempotent: true, proof: [present(folder)] }),
      createStep({ id: "backup-database", proof: [present(folder)] }),
      createStep({ id: "migrations-up", action: waits(`${folder}/up`), proof: [present(folder)] }),
      createStep({
        id: "fingerprint-after-up",
        action: { kind: "fingerprint" },
        isIdempotent: true,
        proof: [present(folder)],
      }),
      createStep({ id: "soak", proof: [present(`${folder}/never`)] }),
    ],
    { ...(database && { database }), nodes: [] },
  );
  const { folder } = stage;
  const back = sealPlan({
    ...stage.plan,
    kind: "rollback",
    steps: [
      createStep({ id: "back-check-backup", proof: [present(folder)] }),
      createStep({ id: "back-set-aside-database", proof: [present(folder)] }),
      createStep({ id: "back-restore-database", action: waits(`${folder}/restored`), proof: [present(folder)] }),
      createStep({ id: "back-start", action: waits(`${folder}/start`), proof: [present(folder)] }),
      createStep({ id: "back-unfreeze", proof: [present(folder)] }),
    ],
  });
  await stage.start({}, (upgrade) => (upgrade.rollback === undefined ? stage.plan : back));
  await stage.until("migrations-up", "running");
  await run(kong.url, "alter table routes add column expression text default 'new'");
  await writeFile(`${folder}/up`, "");
  await stage.until("soak", "failed");
  await run(kong.url, "update routes set name = 'written-late' where name = 'route-2'");
  await appendAfter(stage.databaseUrl, stage.record, stage.id, [{ type: "rollback_started", by: byAlice, plan: back }]);
  const late = await driftOf(stage);
  expect(late.changes).toMatchObject([{ table: "routes", name: "written-late" }]);
  await acceptWrite(stage, late);

  const rolledBack = async (stepId: string, kind: string) =>
    waitUntil(`${stepId} to be ${kind}`, async () => {
      const upgrade = await stage.record.find(stage.id);
      return upgrade?.status === "active" && upgrade.rollback?.steps.get(stepId)?.kind === kind;
    });
  await rolledBack("back-restore-database", "running");
  // As the dump had it, in a database with a time zone of its own.
  await run(kong.url, "alter table routes drop column expression");
  await run(kong.url, "update routes set name = 'route-2' where name = 'written-late'");
  await run(kong.url, `alter database "${new URL(kong.url).pathname.slice(1)}" set timezone to 'Asia/Tokyo'`);
  await writeFile(`${folder}/restored`, "");
  await rolledBack("back-start", "running");
  await run(kong.url, "insert into keyauth_credentials values (gen_random_uuid(), 'k', now())");
  await writeFile(`${folder}/start`, "");
  const after = await driftOf(stage);
  expect(after.changes).toMatchObject([{ table: "keyauth_credentials", what: "created" }]);
  const found = (await stage.record.events(stage.id, 0)).flatMap(({ event }) =>
    event.type === "drift_found" ? [event.beforeStep] : [],
  );
  expect(found).toEqual(["back-check-backup", "back-unfreeze"]);
});

test("a write to the second cluster's own database stops before the next step, and says where it was", async () => {
  await using kong = await createDatabase();
  await using second = await createDatabase();
  await run(kong.url, tables);
  await run(second.url, tables);
  const { database } = createEnvironment(kong.url);
  const { database: green } = createEnvironment(second.url);
  if (green === undefined) throw new Error("the test environment has a database");
  await using stage = await setStage(
    (folder) => [
      createStep({ id: "freeze", proof: [present(folder)] }),
      createStep({ id: "baseline", action: { kind: "baseline" }, isIdempotent: true, proof: [present(folder)] }),
      createStep({
        id: "green-fingerprint-after-finish",
        action: { kind: "fingerprint", side: "green" },
        isIdempotent: true,
        proof: [present(folder)],
      }),
      createStep({ id: "shift", proof: [present(folder)] }),
      createStep({
        id: "soak",
        action: { kind: "commands", commands: [shell(`while [ ! -e ${folder}/go ]; do sleep 0.05; done`)] },
        proof: [present(folder)],
      }),
      createStep({ id: "verify", proof: [present(folder)] }),
      createStep({ id: "unfreeze", proof: [present(folder)] }),
    ],
    { ...(database && { database }), green: { database: green, nodes: [] }, nodes: [] },
  );
  await stage.start();
  await stage.until("soak", "running");
  await run(second.url, "update routes set paths = array['/changed'] where name = 'route-3'");
  await writeFile(`${stage.folder}/go`, "");
  const drift = await driftOf(stage);
  expect(drift).toMatchObject({ side: "green", changes: [{ table: "routes", name: "route-3", what: "updated" }] });
  await acceptWrite(stage, drift);
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
});

/** As `frozen`, on a server that is not in UTC and whose fingerprint was recorded in its own zone; the next step waits. */
async function recordedInServersZone(kongUrl: string): Promise<Stage> {
  await run(kongUrl, `${tables}; insert into keyauth_credentials values (gen_random_uuid(), 'old', now())`);
  await run(kongUrl, `alter database "${new URL(kongUrl).pathname.slice(1)}" set timezone to 'Asia/Tokyo'`);
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await frozen(kongUrl));
  const { environment, record } = stage;
  const ports = livePorts({ resolveSecret: resolverFor(stage.databaseUrl), baseEnv: minimalEnv() });
  const { name } = databaseOf(environment);
  const login = await databaseLogin(environment, { name, as: "kong" }, ports);
  const how = { timeoutMs: 10_000, withEntities: false, zone: "server" } as const;
  const { fingerprint } = await fingerprintTables(login, ports, how);
  const submit: typeof record.submit = (id, intent, by) => {
    if (intent.intent !== "finish_step" || intent.report.measurements === undefined)
      return record.submit(id, intent, by);
    const measurements = { ...intent.report.measurements, fingerprint };
    return record.submit(id, { ...intent, report: { ...intent.report, measurements } }, by);
  };
  await stage.start({ record: { ...record, submit } });
  await stage.until("back-up", "running");
  const kept = stack.move();
  return { ...stage, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

test("a fingerprint that an earlier version recorded in the zone of the server is no drift where nobody wrote", async () => {
  await using kong = await createDatabase();
  await using stage = await recordedInServersZone(kong.url);
  await writeFile(`${stage.folder}/go`, "");
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  const events = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  expect(events).not.toContain("drift_found");
});

test("a write is found beside a fingerprint that was recorded in the zone of the server", async () => {
  await using kong = await createDatabase();
  await using stage = await recordedInServersZone(kong.url);
  await run(kong.url, "delete from routes where name = 'route-7'");
  await writeFile(`${stage.folder}/go`, "");
  expect((await driftOf(stage)).changes.map(({ table }) => table)).toContain("routes");
});
