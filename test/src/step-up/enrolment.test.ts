import { expect, test } from "vitest";
import { openStepUp } from "#src/step-up/step-up.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { appWith, erin, frank, keysOf, keyText, minuteMs, openStage, stepMs } from "./stage.ts";

const account = { team: "Acme", name: "erin" };

test("a secret counts after its person confirmed it with a first code, and that code is used up", async () => {
  await using stage = await openStage();
  expect(await stage.stepUp.stateOf(erin)).toEqual({ state: "none", reset: undefined });

  const app = await stage.begun(erin);
  expect(await stage.stepUp.stateOf(erin)).toEqual({ state: "pending", until: "2026-11-26T04:14:15.000Z" });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "not_enrolled" });
  expect(await stage.stepUp.confirm(erin, app.wrongCode())).toEqual({ outcome: "wrong_code", attemptsLeft: 4 });

  expect(await stage.stepUp.confirm(erin, app.code())).toEqual({ outcome: "accepted" });
  expect(await stage.stepUp.stateOf(erin)).toEqual({ state: "enrolled", since: stage.now() });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "used_already" });
  expect(await stage.stepUp.verify(erin, app.code(1))).toEqual({ outcome: "accepted" });
});

test("every secret has 160 bits, is in base32 what the address holds, and is drawn anew", async () => {
  await using stage = await openStage();
  const first = await stage.begun(erin);
  const again = await stage.begun(erin);

  expect(first.secret).toMatch(/^[A-Z2-7]{32}$/u);
  expect(new URL(first.uri).searchParams.get("secret")).toBe(first.secret);
  expect(again.secret).not.toBe(first.secret);
  expect(await stage.stepUp.confirm(erin, first.code())).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.confirm(erin, again.code())).toEqual({ outcome: "accepted" });
});

test("what nobody confirmed within an hour is void and forgotten", async () => {
  await using stage = await openStage();
  const app = await stage.begun(erin);
  stage.pass(60 * minuteMs);

  expect(await stage.stepUp.stateOf(erin)).toMatchObject({ state: "none" });
  expect(await stage.stepUp.confirm(erin, app.code())).toEqual({ outcome: "not_begun" });
  await stage.begun(frank);

  const rows = await stage.pool.query("select identity from kong_upgrade.step_up");
  expect(rows.rows).toEqual([{ identity: frank }]);
});

test("one second before the hour is over it can still be confirmed", async () => {
  await using stage = await openStage();
  const app = await stage.begun(erin);
  stage.pass(60 * minuteMs - 1_000);
  await stage.begun(frank);

  expect(await stage.stepUp.confirm(erin, app.code())).toEqual({ outcome: "accepted" });
});

test("of many simultaneous confirmations on two replicas one is accepted", async () => {
  await using stage = await openStage();
  const app = await stage.begun(erin);

  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (index % 2 === 0 ? stage.stepUp : stage.replica).confirm(erin, app.code()),
    ),
  );

  expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual([
    "accepted",
    ...Array.from({ length: 11 }, () => "not_begun"),
  ]);
});

test("people who begin at the same time while old attempts are swept all get a secret", async () => {
  await using stage = await openStage();
  const identities = Array.from({ length: 16 }, (_, index) => `person-${index}`);
  for (const identity of identities) await stage.begun(identity);
  stage.pass(61 * minuteMs);

  const answers = await Promise.all(
    identities.map((identity, index) => (index % 2 === 0 ? stage.stepUp : stage.replica).begin(identity, account)),
  );

  expect(answers.filter(({ outcome }) => outcome === "begun")).toHaveLength(16);
});

test("a person whose old attempt is swept away while they begin gets a secret", async () => {
  await using stage = await openStage();
  await stage.begun(erin);
  stage.pass(61 * minuteMs);
  const sweeper = await stage.pool.connect();
  await sweeper.query("begin");
  await sweeper.query("select from kong_upgrade.step_up where identity = $1 for update", [erin]);

  const beginning = stage.replica.begin(erin, account);
  await waitUntil("the one who begins waits for the row", async () => {
    const { rows } = await stage.pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length === 1;
  });
  await sweeper.query("delete from kong_upgrade.step_up where identity = $1", [erin]);
  await sweeper.query("commit");
  sweeper.release();

  expect(await beginning).toMatchObject({ outcome: "begun" });
});

test("whoever is enrolled cannot begin again, and keeps their secret", async () => {
  await using stage = await openStage();
  const app = await stage.enrolled(erin);

  expect(await stage.stepUp.begin(erin, account)).toEqual({ outcome: "already_enrolled" });
  expect(await stage.stepUp.confirm(erin, app.code())).toEqual({ outcome: "not_begun" });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "accepted" });
});

test("a secret is replaced only with a current code of it, and counts until the new one is confirmed", async () => {
  await using stage = await openStage();
  const old = await stage.enrolled(erin);
  expect(await stage.stepUp.replace(frank, account, old.code())).toEqual({ outcome: "not_enrolled" });
  expect(await stage.stepUp.replace(erin, account, old.wrongCode())).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.replace(erin, account, old.code(-1))).toEqual({ outcome: "used_already" });

  const begun = await stage.stepUp.replace(erin, account, old.code());
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  const app = appWith(begun.uri, begun.secret, stage.now);
  expect(await stage.stepUp.verify(erin, old.code())).toEqual({ outcome: "used_already" });
  expect(await stage.stepUp.verify(erin, old.code(1))).toEqual({ outcome: "accepted" });
  expect(await stage.stepUp.stateOf(erin)).toMatchObject({ state: "enrolled", since: "2026-11-26T03:14:15.000Z" });

  stage.pass(stepMs);
  expect(await stage.stepUp.confirm(erin, app.code())).toEqual({ outcome: "accepted" });
  expect(await stage.stepUp.stateOf(erin)).toEqual({ state: "enrolled", since: stage.now() });
  stage.pass(2 * stepMs);
  expect(await stage.stepUp.verify(erin, old.code())).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.verify(erin, app.code())).toEqual({ outcome: "accepted" });
});

test("an operator takes a secret away, and who did it is told until the person enrols again", async () => {
  await using stage = await openStage();
  const lost = await stage.enrolled(erin);
  for (let guess = 0; guess < 5; guess += 1) await stage.stepUp.verify(erin, lost.wrongCode());
  expect(await stage.stepUp.reset(frank, "ops@bastion")).toEqual({ outcome: "not_enrolled" });

  expect(await stage.stepUp.reset(erin, "ops@bastion")).toEqual({ outcome: "reset" });

  expect(await stage.stepUp.verify(erin, lost.code())).toEqual({ outcome: "not_enrolled" });
  expect(await stage.stepUp.stateOf(erin)).toEqual({ state: "none", reset: { by: "ops@bastion", at: stage.now() } });
  expect(await stage.stepUp.reset(erin, "ops@bastion")).toEqual({ outcome: "not_enrolled" });
  const { rows } = await stage.pool.query("select step_up::text as text from kong_upgrade.step_up");
  expect(rows).toEqual([
    { text: expect.stringMatching(/^\(T0ACME001\/U0ERIN001,,,,,,,,\{\},,"[^"]+",ops@bastion\)$/u) },
  ]);
  const found = await stage.enrolled(erin);
  expect(await stage.stepUp.verify(erin, lost.code())).toMatchObject({ outcome: "wrong_code" });
  expect(await stage.stepUp.verify(erin, found.code())).toEqual({ outcome: "accepted" });
});

test("without a clock of a test the database's clock counts", async () => {
  await using stage = await openStage();
  const stepUp = openStepUp({ pool: stage.pool, keys: await keysOf(keyText) });
  const begun = await stepUp.begin(erin, account);
  if (begun.outcome !== "begun") throw new Error(begun.outcome);
  const read = await stage.pool.query<{ readonly now: Date }>("select clock_timestamp() as now");
  const app = appWith(begun.uri, begun.secret, () => read.rows[0]?.now.toISOString() ?? "");

  expect(await stepUp.confirm(erin, app.code(-1))).toMatchObject({ outcome: "accepted" });
});
