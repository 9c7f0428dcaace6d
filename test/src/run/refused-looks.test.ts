import { expect, test } from "vitest";
import { execute, openPool } from "#src/record/database.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { appendRaw } from "./seed-upgrade.ts";
import { createStep } from "./stage.ts";

/** From now on the database says no to such events, with this SQLSTATE. */
async function refuse(stage: Stage, condition: string, code: string): Promise<void> {
  const pool = openPool(stage.databaseUrl);
  try {
    await execute(
      pool,
      `create or replace function public.refuse_look() returns trigger language plpgsql as $$
        begin
          if ${condition} then raise exception 'no room for swordfish' using errcode = '${code}'; end if;
          return new;
        end $$;
      create trigger refuse_look before insert on kong_upgrade.event
        for each row execute function public.refuse_look();`,
    );
  } finally {
    await pool.end();
  }
}

const eventsOf = async (stage: Stage, id = stage.id) =>
  (await stage.record.events(id, 0)).map(({ event }): UpgradeEvent => event);

test.each([
  ["never takes", "22P05", {}],
  ["refuses again and again", "42501", { lookPatienceMs: 0 }],
])("a survey that the record %s is told as one that read nothing, once", async (_what, code, patience) => {
  await using stage = await setStage(() => [createStep({})]);
  const id = "KU-2026-0002";
  const environment = { ...stage.environment, name: "other", database: undefined };
  await appendRaw(stage.databaseUrl, id, [
    {
      type: "upgrade_requested",
      mode: "plan",
      environment,
      to: "3.4.2",
      strategy: "recommended",
      options: stage.plan.options,
      by: { kind: "terminal", account: "bob", host: "test" },
      channel: "C0PRACTCE",
    },
  ]);
  const isFull = "new.type = 'survey_reported' and new.data::text not like '%does not take%'";
  await refuse(stage, isFull, code);
  await stage.start({ ...patience, environments: new Map([[environment.name, environment]]) });
  await waitUntil("the end of the survey", async () => (await stage.record.find(id))?.status !== "surveying");
  const told = (await eventsOf(stage, id)).filter(({ type }) => type === "survey_reported");
  expect(told).toMatchObject([
    { facts: { sources: [{ outcome: { kind: "failed", problem: expect.stringContaining(`(${code})`) } }] } },
  ]);
  expect(JSON.stringify(told)).not.toContain("swordfish");
});
