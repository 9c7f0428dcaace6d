import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import { sealingDesk } from "#src/serve/sealed-votes.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { next } from "#src/upgrade/next.ts";
import { alarms, carol, key, refusal, submit } from "./approved-step.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

const keys = { publicKeys: [key.publicKey] };

function freezeOf(mayLift: readonly string[], fromMs = -60_000, toMs = 3_600_000): Freeze {
  const now = instantOf(Date.now());
  return {
    name: "year end",
    from: addMs(now, fromMs),
    to: addMs(now, toMs),
    reason: "",
    mayLift: { users: mayLift, groups: [] },
    yieldsToBrokenGlass: false,
  };
}

/** A safe step, and a runner whose own configuration has this calendar. */
async function stageOf(record: Calendar | undefined): Promise<Stage> {
  return setStage(
    (folder) => [
      createStep({
        action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
        proof: [present(`${folder}/work`)],
      }),
    ],
    record === undefined ? {} : { calendar: record },
  );
}

async function startWith(stage: Stage, calendar: Calendar): Promise<void> {
  await stage.start({ ...keys, environments: new Map([["practice", { ...stage.environment, calendar }]]) });
}

function liftOf({ name, from, to }: Freeze) {
  const hold = { kind: "freeze", name, from, until: to } as const;
  return { intent: "lift_hold", hold, person: carol, reason: "agreed" } as const;
}

test("a runner whose own configuration has a freeze starts nothing, whatever the record says", async () => {
  await using stage = await stageOf(undefined);
  await startWith(stage, { freezes: [freezeOf([])] });

  const { alarm, isBegun } = await refusal(stage);

  expect(alarm).toContain("freeze year end holds until");
  expect(isBegun).toBe(false);
});

test("a lift that was made in Slack by somebody whom the runner's configuration names lets the step start", async () => {
  const freeze = freezeOf([carol.userId]);
  await using stage = await stageOf({ freezes: [freeze] });
  const desk = sealingDesk(stage.record, soleKey(key), () => instantOf(Date.now()));
  const told = await desk.submit(stage.id, liftOf(freeze), { kind: "bot", replica: "test" });
  expect(told.ok).toBe(true);
  await startWith(stage, { freezes: [freeze] });

  const [step] = stage.plan.steps;
  await stage.until(step?.id ?? "", "done");
  expect(await alarms(stage)).toEqual([]);
});

test("a lift without the seal of the bot, or by somebody whom only the record names, starts nothing", async () => {
  const freeze = freezeOf([carol.userId]);
  await using stage = await stageOf({ freezes: [freeze] });
  await submit(stage, liftOf(freeze));
  const upgrade = await stage.record.find(stage.id);
  if (upgrade === undefined) throw new Error("no upgrade");
  expect(next(upgrade, instantOf(Date.now())).do).toBe("run");
  await startWith(stage, { freezes: [freeze] });
  expect((await refusal(stage)).isBegun).toBe(false);

  await using other = await stageOf({ freezes: [freeze] });
  const desk = sealingDesk(other.record, soleKey(key), () => instantOf(Date.now()));
  await desk.submit(other.id, liftOf(freeze), { kind: "bot", replica: "test" });
  await startWith(other, { freezes: [{ ...freeze, mayLift: { users: [], groups: [] } }] });
  expect((await refusal(other)).isBegun).toBe(false);
});

test("a step that both sides hold waits without an alarm, and starts by itself when the freeze is over", async () => {
  const freeze = freezeOf([], -60_000, 2_000);
  await using stage = await stageOf({ freezes: [freeze] });
  await startWith(stage, { freezes: [freeze] });
  const [step] = stage.plan.steps;

  await stage.until(step?.id ?? "", "done");

  expect(await alarms(stage)).toEqual([]);
  const starts = (await stage.record.events(stage.id, 0)).filter(({ event }) => event.type === "step_started");
  expect(starts.map(({ at }) => at >= freeze.to)).toEqual([true]);
});

test("a freeze that is declared in the middle lets the running step end, and holds the next until somebody whom it names lifts it", async () => {
  const freeze = freezeOf([carol.userId]);
  await using stage = await setStage((folder) => [
    createStep({
      id: "first",
      action: { kind: "commands", commands: [shell(`while [ ! -e ${folder}/go ]; do sleep 0.05; done`)] },
      proof: [present(`${folder}/go`)],
    }),
    createStep({
      id: "second",
      class: "disruptive",
      action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  const before = await stage.start(keys);
  await stage.until("first", "running");
  await submit(stage, { intent: "report_calendar", calendar: { freezes: [freeze] } });
  await writeFile(`${stage.folder}/go`, "now");
  await stage.until("first", "done");
  await before.stop();
  // Whoever wrote the freeze into the file starts the runner anew with it.
  await startWith(stage, { freezes: [freeze] });
  await submit(stage, { intent: "tick" });

  const desk = sealingDesk(stage.record, soleKey(key), () => instantOf(Date.now()));
  const replica = { kind: "bot", replica: "test" } as const;
  const stranger = { ...liftOf(freeze), person: { ...carol, userId: "U0FRANK01", name: "frank" } };
  expect(await desk.submit(stage.id, stranger, replica)).toMatchObject({ ok: false });
  expect(await stage.progress("second")).toMatchObject({ kind: "ready" });
  expect(await desk.submit(stage.id, liftOf(freeze), replica)).toMatchObject({ ok: true });

  await stage.until("second", "done");
  const told = (await stage.record.events(stage.id, 0)).map(({ event }) =>
    "stepId" in event ? `${event.type} ${event.stepId}` : event.type,
  );
  const inOrder = told.slice(told.indexOf("step_finished first")).filter((each) => !each.startsWith("approval"));
  expect(inOrder.slice(0, 4)).toEqual([
    "step_finished first",
    "step_held_back second",
    "hold_lifted",
    "step_started second",
  ]);
  expect(await alarms(stage)).toEqual([]);
});
