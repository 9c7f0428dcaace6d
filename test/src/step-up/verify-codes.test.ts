import { expect, test } from "vitest";
import { openPool } from "#src/record/database.ts";
import { openStepUp } from "#src/step-up/step-up.ts";
import { erin, frank, keysOf, keyText, minuteMs, openStage, stepMs } from "./stage.ts";
import type { App, Stage } from "./stage.ts";

const accepted = { outcome: "accepted" };
const usedAlready = { outcome: "used_already" };

async function guessWrong(stage: Stage, app: App, times: number): Promise<void> {
  for (let guess = 0; guess < times; guess += 1) await stage.stepUp.verify(erin, app.wrongCode());
}

test("T12: of many simultaneous uses of one code on two replicas exactly one is accepted", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);

  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        (index % 2 === 0 ? stage.stepUp : stage.replica).verify(erin, app.code()),
      ),
    );
    expect(answers.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === "used_already")).toHaveLength(23);
    stage.pass(stepMs);
  }
});

test("T12: a code counts once, and none of an earlier step after it", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  stage.pass(10 * minuteMs);

  expect(await stage.stepUp.verify(erin, app.code())).toEqual(accepted);
  expect(await stage.replica.verify(erin, app.code())).toEqual(usedAlready);
  expect(await stage.stepUp.verify(erin, app.code(-1))).toEqual(usedAlready);
  expect(await stage.stepUp.verify(erin, app.code(1))).toEqual(accepted);
  expect(await stage.stepUp.verify(erin, app.code())).toEqual(usedAlready);
  stage.pass(stepMs);
  expect(await stage.stepUp.verify(erin, app.code())).toEqual(usedAlready);
  stage.pass(stepMs);
  expect(await stage.stepUp.verify(erin, app.code())).toEqual(accepted);
});

test("a code is accepted one step around now, and not two", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  stage.pass(10 * minuteMs);

  expect(await stage.stepUp.verify(erin, app.code(-2))).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.verify(erin, app.code(2))).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.verify(erin, app.code(-1))).toEqual(accepted);
});

test("a code of one person is wrong for another", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  await stage.enrolled(frank);

  expect(await stage.stepUp.verify(frank, app.code())).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.verify("nobody", app.code())).toEqual({ outcome: "not_enrolled" });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual(accepted);
});

test("T12: the fifth wrong code locks for 15 minutes, on every replica and after a restart, even for a right code", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  const other = await stage.enrolled(frank);
  const locked = { outcome: "locked_until", until: "2026-11-26T03:29:15.000Z" };

  for (const attemptsLeft of [4, 3, 2, 1]) {
    expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft });
  }
  expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual(locked);

  const pool = openPool(stage.url);
  await using leaving = new AsyncDisposableStack();
  leaving.defer(() => pool.end());
  const restarted = openStepUp({ pool, keys: await keysOf(keyText), clock: stage.now });
  expect(await restarted.verify(erin, app.code())).toEqual(locked);
  expect(await stage.replica.replace(erin, { team: "Acme", name: "erin" }, app.code())).toEqual(locked);
  expect(await stage.stepUp.verify(frank, other.code())).toEqual(accepted);
  stage.pass(15 * minuteMs - 1);
  expect(await stage.replica.verify(erin, app.code())).toEqual(locked);
  stage.pass(1);
  expect(await stage.replica.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 4 });
  expect(await stage.replica.verify(erin, app.code())).toEqual(accepted);
});

test("codes that come during a lock neither prolong it nor are used up", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  await guessWrong(stage, app, 5);
  stage.pass(15 * minuteMs - stepMs / 2);
  await guessWrong(stage, app, 5);
  const code = app.code();
  expect(await stage.stepUp.verify(erin, code)).toMatchObject({ outcome: "locked_until" });
  stage.pass(stepMs / 2);

  expect(await stage.stepUp.verify(erin, code)).toEqual(accepted);
});

test("wrong codes are forgotten one by one after 15 minutes, and not by a right one in between", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  await guessWrong(stage, app, 1);
  stage.pass(10 * minuteMs);
  await guessWrong(stage, app, 3);
  expect(await stage.stepUp.verify(erin, app.code())).toEqual(accepted);
  stage.pass(5 * minuteMs);

  expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 1 });
  expect(await stage.stepUp.verify(erin, app.wrongCode())).toMatchObject({ outcome: "locked_until" });
});

test("wrong codes of 20 minutes ago do not count", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  await guessWrong(stage, app, 4);
  stage.pass(20 * minuteMs);

  expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 4 });
});

test("used codes are no guesses", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);
  for (let use = 0; use < 8; use += 1) {
    expect(await stage.stepUp.verify(erin, app.code(-1))).toEqual(usedAlready);
  }

  expect(await stage.stepUp.verify(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 4 });
});

test("of many simultaneous guesses only five are looked at, and the row does not grow", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);

  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      (index % 2 === 0 ? stage.stepUp : stage.replica).verify(erin, app.wrongCode()),
    ),
  );

  expect(answers.filter(({ outcome }) => outcome === "wrong_code")).toHaveLength(4);
  expect(answers.filter(({ outcome }) => outcome === "locked_until")).toHaveLength(26);
  const rows = await stage.pool.query("select cardinality(wrong_at) as remembered from kong_upgrade.step_up");
  expect(rows.rows).toEqual([{ remembered: 0 }]);
});

test("wrong first codes of an enrolment lock too, and beginning again does not start the count anew", async () => {
  await using stage = await openStage();
  const app = await stage.begun(erin);
  for (let guess = 0; guess < 4; guess += 1) await stage.stepUp.confirm(erin, app.wrongCode());
  const again = await stage.begun(erin);

  expect(await stage.stepUp.confirm(erin, again.wrongCode())).toMatchObject({ outcome: "locked_until" });
  expect(await stage.stepUp.confirm(erin, again.code())).toMatchObject({ outcome: "locked_until" });
  stage.pass(15 * minuteMs);
  expect(await stage.stepUp.confirm(erin, again.code())).toEqual(accepted);
});
