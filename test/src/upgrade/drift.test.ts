import { expect, test } from "vitest";
import { choicesFor } from "#src/upgrade/choices.ts";
import { driftDigest, mayStartUnseen } from "#src/upgrade/drift.ts";
import { frozenReferences, looksOnWayBack } from "#src/upgrade/frozen-reference.ts";
import type { Drift } from "#src/upgrade/drift.ts";
import { next } from "#src/upgrade/next.ts";
import type { Story } from "#test/support/given.ts";
import { report } from "#test/support/given.ts";
import { measuredUntil } from "#test/support/measured-story.ts";
import { alice, inSlack } from "#test/support/samples.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as const;
const first = { counts: { routes: 3 }, fingerprint: { routes: digest("1") } };
const second = { counts: { routes: 4 }, fingerprint: { routes: digest("2") } };
const by = inSlack(alice);

const at = (stepId: string): Story => measuredUntil(stepId, first);

const drift: Drift = {
  changes: [{ table: "routes", what: "created", key: "r" }],
  total: 1,
  unchangedAt: "2026-11-21T03:00:00.000Z",
  audit: "absent",
  ...second,
};

function written(story: Story): Story {
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  return story.must({ intent: "report_drift", stepId: todo.step.id, attempt: 1, runnerId: "r1", drift });
}

test.each([
  ["preflight", false],
  ["baseline", false],
  ["backup-folder", true],
  ["migrations-up", true],
  ["fingerprint-after-up", false],
  ["soak", true],
  ["verify", true],
])("before %s the configuration is looked at: %s", (stepId, isLookedAt) => {
  expect(frozenReferences(at(stepId).active).length > 0).toBe(isLookedAt);
});

test("a step that changes the configuration is not looked at when it is tried again", () => {
  const story = at("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: "migrations-up", attempt: 1 };
  story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
  story.must({ intent: "finish_step", ...ref, runnerId: "r1", report: report("failed") });
  story.must({ intent: "retry", ...ref, by });
  expect(frozenReferences(story.active)).toEqual([]);
});

test("after a write nothing starts until somebody chooses", () => {
  const story = written(at("backup-folder"));
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "decision" });
  expect(choicesFor(story.active)).toEqual(["accept_drift", "look_again", "roll_back", "hold"]);
  expect(story.say({ intent: "report_drift", stepId: "backup-folder", attempt: 1, runnerId: "r2", drift })?.code).toBe(
    "conflict",
  );
});

test("going on needs a reason and the very configuration that was shown; it is then what later looks compare with", () => {
  const story = written(at("backup-folder"));
  const accept = { intent: "accept_drift", digest: driftDigest(drift), by } as const;
  expect(story.say({ ...accept, reason: " " })?.code).toBe("note_missing");
  expect(story.say({ ...accept, digest: driftDigest(first), reason: "fine" })?.code).toBe("outdated");
  story.must({ intent: "hold", by }).must({ ...accept, reason: "fine" });
  expect(story.active).toMatchObject({ baseline: second, flow: { kind: "going" } });
  expect(next(story.active, story.now)).toMatchObject({ do: "run" });
  expect(story.say({ ...accept, reason: "fine" })?.code).toBe("outdated");
});

function unseen(story: Story, attempt = 1): Story {
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  return story.must({ intent: "report_look_failed", stepId: todo.step.id, attempt, runnerId: "r1", reason: "refused" });
}

test("a safe step goes on where nobody could look, and that is said once for each attempt", () => {
  const story = unseen(at("backup-folder"));
  expect(next(story.active, story.now)).toMatchObject({ do: "run", step: { id: "backup-folder" } });
  const again = {
    intent: "report_look_failed",
    stepId: "backup-folder",
    attempt: 1,
    runnerId: "r2",
    reason: "",
  } as const;
  expect(story.say(again)?.code).toBe("already_done");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  story.must({ intent: "start_step", stepId: "backup-folder", attempt: 1, runnerId: "r1", digest: todo.digest });
  expect(story.active.lookFailure).toBeUndefined();
});

test("any other step waits for a person, and starts unseen only by a reason, for that attempt", () => {
  const story = unseen(at("migrations-up"));
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "decision" });
  expect(choicesFor(story.active)).toEqual(["look_again", "waive_look", "roll_back", "hold"]);
  const waive = { intent: "waive_look", stepId: "migrations-up", attempt: 1, by } as const;
  expect(story.say({ ...waive, reason: " " })?.code).toBe("note_missing");
  expect(story.say({ ...waive, attempt: 2, reason: "seen" })?.code).toBe("outdated");
  story.must({ intent: "hold", by }).must({ ...waive, reason: "seen" });
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  expect(mayStartUnseen(story.active, todo.step, 1)).toBe(true);
  expect(mayStartUnseen(story.active, todo.step, 2)).toBe(false);
  expect(story.say({ ...waive, reason: "seen" })?.code).toBe("outdated");
});

test("who undid the write has it looked at again; until that was done not even a safe step starts unseen", () => {
  const again = { intent: "look_again", stepId: "backup-folder", attempt: 1, by } as const;
  const story = written(at("backup-folder")).must({ intent: "hold", by }).must(again);
  expect(story.active).toMatchObject({ flow: { kind: "going" }, isDriftSuspected: true });
  expect(story.active.drift).toBeUndefined();
  expect(next(story.active, story.now)).toMatchObject({ do: "run", step: { id: "backup-folder" } });
  unseen(story);
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "decision" });
  written(story.must(again));
  expect(choicesFor(story.active)).toContain("accept_drift");
  expect(story.say({ intent: "look_again", stepId: "soak", attempt: 1, by })?.code).toBe("outdated");
});

test("on the way back the backup is what entities are compared with, not what was accepted after it", () => {
  const accept = { intent: "accept_drift", digest: driftDigest(drift), reason: "fine", by } as const;
  const late = written(at("migrations-up")).must(accept);
  expect(late.active.baseline.counts).toEqual(second.counts);
  expect(late.must({ intent: "roll_back", reason: "", by }).active.baseline.counts).toEqual(first.counts);
  const early = written(at("backup-folder")).must(accept).must({ intent: "roll_back", reason: "", by });
  expect(early.active.baseline.counts).toEqual(second.counts);
  expect(written(at("soak")).must({ intent: "roll_back", reason: "", by }).active.drift).toBeUndefined();
});

/** Turned back at this step, with every step of the way back done until that one. */
function backAt(from: string, stepId: string): Story {
  return at(from).must({ intent: "roll_back", reason: "", by }).runUntil(stepId);
}

/** The last two bytes of a digest tell which figures they are. */
function comparedWith(story: Story): string | undefined {
  return frozenReferences(story.active)[0]?.figures.fingerprint?.["routes"]?.slice(-1);
}

test.each([
  ["soak", "back-check-backup", "1"],
  // While the database is renamed and empty there is nothing to compare.
  ["soak", "back-create-database", undefined],
  ["soak", "back-restore-database", undefined],
  ["soak", "back-install", "1"],
  ["soak", "back-close", undefined],
  ["install", "back-check-database-untouched", "1"],
  ["baseline", "back-check-still-serving", undefined],
])("on the way back from %s the configuration is compared before %s: %s", (from, stepId, expected) => {
  expect(comparedWith(backAt(from, stepId))).toBe(expected);
});

/** A runner recorded other figures after `migrations up`, as it really does. */
function migrated(): Story {
  const story = at("fingerprint-after-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  const measurements = { fingerprint: second.fingerprint };
  return story
    .must({ intent: "start_step", ...ref, digest: todo.digest })
    .must({ intent: "finish_step", ...ref, report: report("done", { measurements }) });
}

test("until the restore the way back is compared with the upgraded configuration, afterwards with what was backed up", () => {
  const story = migrated().must({ intent: "roll_back", reason: "", by });
  expect(comparedWith(story)).toBe("2");
  expect(comparedWith(story.runUntil("back-install"))).toBe("1");
});

test("where `up` was broken off nobody can tell whose writes they are, and a restore makes it comparable again", () => {
  const story = at("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: "migrations-up", attempt: 1, runnerId: "r1" };
  story.must({ intent: "start_step", ...ref, digest: todo.digest });
  story.must({
    intent: "finish_step",
    ...ref,
    report: report("failed", {
      commands: [{ target: "kong-1", argv: ["kong"], exitCode: 1, timedOut: false, durationMs: 1 }],
    }),
  });
  story.must({ intent: "roll_back", reason: "", by });
  expect(frozenReferences(story.active)).toEqual([]);
  expect(looksOnWayBack(story.active.forward)).toMatchObject({ kind: "unsettled", by: { id: "migrations-up" } });
  expect(comparedWith(story.runUntil("back-install"))).toBe("1");
});

test("a write on the way back stops it, too; what was known when somebody turned back is not told again", () => {
  const known = written(at("soak")).must({ intent: "roll_back", reason: "", by });
  expect(comparedWith(known)).toBe("2");
  const story = written(backAt("soak", "back-install"));
  expect(choicesFor(story.active)).toEqual(["accept_drift", "look_again", "hold"]);
  story.must({ intent: "accept_drift", digest: driftDigest(drift), reason: "known", by });
  expect(comparedWith(story)).toBe("2");
});

test("a restore is proven by the numbers that were backed up, whatever was accepted on the way back", () => {
  const story = written(backAt("soak", "back-check-backup"));
  story.must({ intent: "accept_drift", digest: driftDigest(drift), reason: "lost, and kept elsewhere", by });
  expect(story.active.baseline.counts).toEqual(first.counts);
});

test("nothing holds a way back where nobody can look, unless a write was seen", () => {
  const story = backAt("soak", "back-check-backup");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  expect(mayStartUnseen(story.active, { ...todo.step, class: "irreversible" }, 1)).toBe(true);
  written(story).must({ intent: "look_again", stepId: todo.step.id, attempt: 1, by });
  expect(mayStartUnseen(story.active, todo.step, 1)).toBe(false);
});

const byHand = { stepId: "unfreeze", attempt: 1, runnerId: "r1" } as const;

/** The last step of the freeze is done by a person. */
function atThaw(): Story {
  const story = at("unfreeze");
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "confirmation" });
  return story;
}

test("a step that a person does is not confirmed over a write; that nobody wrote is told once", () => {
  const story = atThaw().must({ intent: "report_no_drift", ...byHand });
  expect(story.say({ intent: "report_no_drift", ...byHand })?.code).toBe("already_done");
  story.must({ intent: "report_drift", ...byHand, drift });
  const confirm = { intent: "confirm_manual_step", stepId: "unfreeze", attempt: 1, note: "", by } as const;
  expect(story.say(confirm)?.code).toBe("not_now");
  story.must({ intent: "look_again", stepId: "unfreeze", attempt: 1, by });
  expect(story.say(confirm)?.code).toBe("being_looked_up");
  story.must({ intent: "report_no_drift", ...byHand }).must(confirm);
  expect(story.active.seenUnchanged).toBeUndefined();
});

test("where nobody could look at a step by hand it is told, and the person is not held", () => {
  const story = atThaw().must({ intent: "report_look_failed", ...byHand, reason: "refused" });
  expect(story.events.at(-1)).toMatchObject({ type: "drift_look_failed", stops: false });
  story.must({ intent: "confirm_manual_step", stepId: "unfreeze", attempt: 1, note: "", by });
});
