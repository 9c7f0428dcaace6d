import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { openPool } from "#src/record/database.ts";
import { eventSchema } from "#src/upgrade/events.ts";
import { actorSchema, upgradeIdSchema } from "#src/upgrade/identity.ts";
import { replay } from "#src/upgrade/evolve.ts";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { must, startUpgrade } from "./walk.ts";
import { signCheckpoint } from "#src/record/sign-checkpoint.ts";
import { generateKey } from "#src/signing/signing-key.ts";

test("perf", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const up = await startUpgrade(record);
  const times: number[] = [];
  for (let i = 0; i < 5000; i += 1) {
    const t = performance.now();
    await must(record, up.id, { intent: "add_note", text: `note ${i}`, by: inSlack(alice) });
    times.push(performance.now() - t);
  }
  const q = (a: number[], p: number) => a.toSorted((x, y) => x - y)[Math.floor(a.length * p)]?.toFixed(2);
  console.log("warm first 200", q(times.slice(0, 200), 0.5), q(times.slice(0, 200), 0.99), "last 200", q(times.slice(-200), 0.5), q(times.slice(-200), 0.99));
  for (let i = 0; i < 3; i += 1) {
    await using cold = await openRecord({ url: database.url });
    await cold.now();
    const t = performance.now();
    await must(cold, up.id, { intent: "add_note", text: `cold`, by: inSlack(alice) });
    console.log("cold load+fold+decide+append", (performance.now() - t).toFixed(1));
  }
  const pool = openPool(database.url);
  await pool.query("select 1");
  const sql = `select upgrade_id, version, to_char(recorded_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, data, previous, hash from kong_upgrade.event order by version`;
  for (let i = 0; i < 3; i += 1) {
    let t = performance.now();
    const { rows } = await pool.query(sql);
    console.log("perf query", (performance.now() - t).toFixed(1));
    t = performance.now();
    await pool.query(sql.replace(/to_char.*? as at/, "recorded_at::text as at"));
    console.log("perf query without to_char", (performance.now() - t).toFixed(1));
    t = performance.now();
    for (const row of rows) eventSchema.parse(row.data);
    console.log("perf parse events", (performance.now() - t).toFixed(1));
    t = performance.now();
    for (const row of rows) actorSchema.parse(row.actor);
    console.log("perf parse actors", (performance.now() - t).toFixed(1));
    t = performance.now();
    for (const row of rows) { digestSchema.parse(row.hash); digestSchema.parse(row.previous); }
    console.log("perf parse digests", (performance.now() - t).toFixed(1));
    t = performance.now();
    for (const row of rows) { upgradeIdSchema.parse(row.upgrade_id);  }
    console.log("perf parse ids", (performance.now() - t).toFixed(1));
    t = performance.now();
    for (const row of rows) { instantSchema.parse(row.at);  }
    console.log("perf parse at", (performance.now() - t).toFixed(1));
    t = performance.now();
    const agg = await pool.query(`select json_agg(json_build_array(upgrade_id, version, to_char(recorded_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), actor, data, previous, hash) order by version)::text as x from kong_upgrade.event`);
    JSON.parse(agg.rows[0].x);
    console.log("perf agg query", (performance.now() - t).toFixed(1));
    const evs = await record.events(up.id, 0);
    t = performance.now();
    replay(evs);
    console.log("perf replay", (performance.now() - t).toFixed(1));
  }
  await pool.end();
  const t = performance.now();
  await signCheckpoint(record, up.id, generateKey());
  console.log("checkpoint", (performance.now() - t).toFixed(1));
  expect(1).toBe(1);
});
