import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, bob, carol, frank, inSlack, sampleFacts } from "#test/support/samples.ts";
import { aliceActs, must, requestFor, runStep } from "./walk.ts";

const policy = quorumPolicy(
  { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
  { breakGlass: ["U0FRANK01"] },
);

function requestWithGlass(environment = "practice", over: Partial<IntentOf<"request">> = {}): IntentOf<"request"> {
  const plain = requestFor(environment);
  return { ...plain, environment: { ...plain.environment, policies: { irreversible: policy } }, ...over };
}

/** An upgrade in which frank let the first irreversible step start without its approval. */
async function breakGlass(record: Record, environment = "practice"): Promise<Upgrade> {
  const answer = await record.request(requestWithGlass(environment), aliceActs);
  if (!answer.ok) throw new Error(answer.problem.sentence);
  const { id } = answer.value.upgrade;
  await must(record, id, { intent: "report_survey", facts: sampleFacts() });
  let upgrade = await must(record, id, { intent: "start", by: inSlack(alice) });
  for (let round = 0; round < 60; round += 1) {
    const todo = next(upgrade, upgrade.updatedAt);
    if (todo.do === "run") {
      upgrade = await runStep(record, upgrade);
      continue;
    }
    if (todo.do !== "wait" || todo.step === undefined) throw new Error(`cannot go on from ${todo.do}`);
    if (upgrade.status !== "active") throw new Error(upgrade.status);
    const progress = upgrade.forward.steps.get(todo.step.id);
    if (progress?.kind !== "ready") throw new Error(`${todo.step.id} is ${progress?.kind}`);
    const ref = { stepId: todo.step.id, attempt: progress.attempt };
    if (progress.approval === undefined) {
      upgrade = await must(record, id, { intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) });
      continue;
    }
    return must(record, id, {
      intent: "break_glass",
      ...ref,
      digest: progress.approval.digest,
      person: frank,
      reason: "nobody answers and the old version is down",
      incident: "INC-4711",
      stepUp: "confirm",
      skipped: [carol.userId, "U0ERIN001"],
    });
  }
  throw new Error("never came to a gate");
}

async function brokenAndClosed(record: Record, environment = "practice"): Promise<UpgradeId> {
  const { id } = await breakGlass(record, environment);
  await must(record, id, { intent: "abort", reason: "leave it", leaveAsIs: true, by: inSlack(alice) });
  return id;
}

const review = (by: Person): IntentOf<"review_break_glass"> => ({
  intent: "review_break_glass",
  note: "read the thread, the dump was good",
  by: inSlack(by),
});

test("T28: after a broken glass no plan is made before somebody outside of it reviewed; check and dry run are", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const id = await brokenAndClosed(record);

  const refused = await record.request(requestWithGlass(), aliceActs);
  expect(refused).toMatchObject({ ok: false, problem: { code: "review_needed", unreviewed: id } });
  for (const part of [id, "<@U0FRANK01>", "INC-4711"]) expect(JSON.stringify(refused)).toContain(part);
  expect(JSON.stringify(refused)).toContain(`/kong-upgrade review ${id}`);
  for (const mode of ["check", "dry_run"] as const)
    expect(await record.request(requestWithGlass("practice", { mode }), aliceActs)).toMatchObject({ ok: true });
  expect(await record.request(requestWithGlass("other"), aliceActs)).toMatchObject({ ok: true });

  for (const involved of [alice, frank])
    expect(await record.submit(id, review(involved), aliceActs)).toMatchObject({ problem: { code: "not_allowed" } });
  expect(await record.request(requestWithGlass(), aliceActs)).toMatchObject({ problem: { code: "review_needed" } });
  await must(record, id, review(bob));
  expect(await record.request(requestWithGlass(), aliceActs)).toMatchObject({ ok: true });
  expect(await record.submit(id, review(carol), aliceActs)).toMatchObject({ problem: { code: "already_done" } });
});

test("T28: another name of the same database is no way around the review", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const id = await brokenAndClosed(record);
  const same = requestWithGlass();

  const answer = await record.request({ ...same, environment: { ...same.environment, name: "renamed" } }, aliceActs);

  expect(answer).toMatchObject({ problem: { code: "review_needed", unreviewed: id } });
  expect(JSON.stringify(answer)).toContain("of practice, on the same database");
});

test("the review is kept by the summary, also when summaries are rebuilt from the events", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const id = await brokenAndClosed(record);

  await record.rebuildSummaries();
  expect(await record.request(requestWithGlass(), aliceActs)).toMatchObject({ problem: { code: "review_needed" } });
  expect(await record.unreviewed()).toBe(1);
  await must(record, id, review(bob));
  expect(await record.unreviewed()).toBe(0);
  await record.rebuildSummaries();
  expect(await record.request(requestWithGlass(), aliceActs)).toMatchObject({ ok: true });
});

test("requests of several processes while the upgrade with the broken glass closes never open another", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });
  for (const environment of ["one", "two", "three"]) {
    const { id } = await breakGlass(first, environment);
    const ask = (record: Record) => record.request(requestWithGlass(environment), aliceActs);
    const close = first.submit(id, { intent: "abort", reason: "", leaveAsIs: true, by: inSlack(alice) }, aliceActs);

    const [, ...answers] = await Promise.all([close, ask(second), ask(first), ask(second), ask(first)]);

    const codes = answers.map((answer) => (answer.ok ? "opened" : answer.problem.code));
    expect(codes.filter((code) => code !== "already_open" && code !== "review_needed")).toEqual([]);
    expect(await first.findOpen(environment)).toBeUndefined();
  }
});

test("requests and reviews at the same moment give one review, and one upgrade after it", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });
  for (const environment of ["one", "two", "three"]) {
    const id = await brokenAndClosed(first, environment);
    const ask = (record: Record) => record.request(requestWithGlass(environment), aliceActs);

    const [asked, reviewed, askedToo, reviewedToo] = await Promise.all([
      ask(first),
      first.submit(id, review(bob), aliceActs),
      ask(second),
      second.submit(id, review(carol), aliceActs),
    ]);

    expect([reviewed, reviewedToo].filter(({ ok }) => ok)).toHaveLength(1);
    const events = await first.events(id, 0);
    const reviews = events.filter(({ event }) => event.type === "break_glass_reviewed");
    expect(reviews).toHaveLength(1);
    const opened = [asked, askedToo].flatMap((each) => (each.ok ? [each.value.upgrade] : []));
    for (const upgrade of opened) {
      expect(upgrade.request.at >= (reviews[0]?.at ?? "")).toBe(true);
    }
    expect(new Set(opened.map((upgrade) => upgrade.id)).size).toBeLessThanOrEqual(1);
    expect(await ask(first)).toMatchObject({ ok: true });
  }
});
