import { expect, test } from "vitest";
import { choicesFor } from "#src/upgrade/choices.ts";
import { driftDigest, frozenReference, mayStartUnseen } from "#src/upgrade/drift.ts";
import type { Drift } from "#src/upgrade/drift.ts";
import { next } from "#src/upgrade/next.ts";
import type { Story } from "#test/support/given.ts";
import { report, started } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as const;
const first = { counts: { routes: 3 }, fingerprint: { routes: digest("1") } };
const second = { counts: { routes: 4 }, fingerprint: { routes: digest("2") } };
const by = inSlack(alice);

/** Everything before a step is done; steps that measure told the first figures. */
function at(stepId: string): Story {
  const story = started();
  for (let turn = 0; turn < 100; turn += 1) {
    const todo = next(story.active, story.now);
    if ("step" in todo && todo.step?.id === stepId && todo.do !== "sign") return story;
    if (todo.do !== "run" || !["baseline", "fingerprint"].includes(todo.step.action.kind)) {
      story.advance();
      continue;
    }
    const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
    story.must({ intent: "start_step", ...ref, digest: todo.digest });
    story.must({ intent: "finish_step", ...ref, report: report("done", { measurements: first }) });
  }
  throw new Error(`never came to ${stepId}`);
}

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
  expect(frozenReference(at(stepId).active) !== undefined).toBe(isLookedAt);
});

test("a step that changes the configuration is not looked at when it is tried again", () => {
  const story = at("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: "migrations-up", attempt: 1 };
  story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
  story.must({ intent: "finish_step", ...ref, runnerId: "r1", report: report("failed") });
  story.must({ intent: "retry", ...ref, by });
  expect(frozenReference(story.active)).toBeUndefined();
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
