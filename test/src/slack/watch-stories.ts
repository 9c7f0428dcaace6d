import { driftDigest } from "#src/upgrade/drift.ts";
import type { Drift } from "#src/upgrade/drift.ts";
import type { SoakReport } from "#src/upgrade/step-report.ts";
import { next } from "#src/upgrade/next.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import type { Story } from "#test/support/given.ts";
import { report, started } from "#test/support/given.ts";
import { measuredUntil } from "#test/support/measured-story.ts";

const by = inSlack(alice);
const fingerprint = { routes: `sha256:${"1".repeat(64)}` } as const;

/** A write that a runner found during the freeze. */
export function sampleDrift(text = "anna (10.0.0.7): DELETE /routes/orders"): Drift {
  return {
    changes: [
      { table: "routes", what: "updated", key: "r-1", name: "orders", at: "2026-11-21T02:58:00.000Z", by: text },
      { table: "plugins", what: "deleted", key: "p-1" },
      { table: "consumers", what: "changed", name: text },
    ],
    total: 12,
    unchangedAt: "2026-11-21T02:50:00.000Z",
    audit: "read",
    counts: { routes: 3 },
    fingerprint,
  };
}

/** A step is about to start on a configuration that was frozen, and somebody wrote. */
export function drifted(drift = sampleDrift()): Story {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  return story.must({ intent: "report_drift", stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1", drift });
}

/** A step is about to start, and the runner cannot look whether somebody wrote. */
export function unseen(stepId: string, reason = "connect ECONNREFUSED 10.0.0.5:5432"): Story {
  const story = started().runUntil(stepId);
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  return story.must({ intent: "report_look_failed", stepId, attempt: todo.attempt, runnerId: "r1", reason });
}

/** The dump is made and not proven, and an entity more is there. */
function driftedAfterBackup(): Story {
  const story = started().runUntil("prove-backup");
  const drift = { ...sampleDrift(), counts: { routes: 4 } };
  return story.must({ intent: "report_drift", stepId: "prove-backup", attempt: 1, runnerId: "r1", drift });
}

/** A write that was found on the way back, after everything was done but the end. */
function writtenBefore(stepId: string): Story {
  const story = measuredUntil("soak", { fingerprint, counts: { routes: 3 } });
  story.must({ intent: "roll_back", reason: "p99 is up", by }).runUntil(stepId);
  return story.must({ intent: "report_drift", stepId, attempt: 1, runnerId: "r1", drift: sampleDrift() });
}

const thaw = { stepId: "unfreeze", attempt: 1, runnerId: "r1" } as const;

function writtenByHand(): Story {
  return measuredUntil("unfreeze", { fingerprint }).must({ intent: "report_drift", ...thaw, drift: sampleDrift() });
}

/** Turned back where nobody can tell whose writes there are. */
function brokenUp(): Story {
  const story = measuredUntil("migrations-up", { fingerprint });
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: "migrations-up", attempt: 1, runnerId: "r1" };
  const commands = [{ target: "kong-1", argv: ["kong"], exitCode: 1, timedOut: false, durationMs: 1 }];
  return story
    .must({ intent: "start_step", ...ref, digest: todo.digest })
    .must({ intent: "finish_step", ...ref, report: report("failed", { commands }) })
    .must({ intent: "roll_back", reason: "", by });
}

/** A soak that was watched to its end. */
export function watched(soak: SoakReport): Story {
  const story = started().runUntil("soak");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  const outcome = soak.verdict === "pass" ? "done" : "failed";
  return story.must({ intent: "start_step", ...ref, digest: todo.digest }).must({
    intent: "finish_step",
    ...ref,
    report: report(outcome, { reason: `${soak.verdict}: ${soak.sentence}`, soak }),
  });
}

const point = { requests: 400, requestRate: 40, errorRate: 0.001, p99Ms: 90 };

/** How a soak ended, with a short curve. */
export function sampleSoak(verdict: SoakReport["verdict"]): SoakReport {
  const curve = (p99Ms: number) =>
    [0, 1, 2, 3].map((index) => Object.assign({}, point, { p99Ms, atMs: index * 10_000 }));
  return {
    verdict,
    sentence: "0.1 % of requests failed (0.1 % before; at most 1.1 % are allowed)",
    before: { figures: { ...point, requests: 1_600 }, points: curve(90) },
    during: { figures: { ...point, requests: 1_600 }, points: curve(120) },
    maxErrorRateIncrease: 0.01,
    limits: { minRequests: 100, latency: { p99Ms: { ratio: 1, floorMs: 100 } }, isLatencyNeeded: false },
  };
}

export const watchStories: Readonly<Record<string, () => Story>> = {
  drift_found: () => drifted(),
  drift_held: () => drifted().must({ intent: "hold", by }),
  drift_accepted: () =>
    drifted().must({ intent: "accept_drift", digest: driftDigest({ fingerprint }), reason: "agreed by phone", by }),
  drift_looked_again: () => drifted().must({ intent: "look_again", stepId: "migrations-up", attempt: 1, by }),
  drift_after_backup: () => driftedAfterBackup(),
  unseen_and_safe: () => unseen("backup-files"),
  unseen_and_asked: () => unseen("migrations-up"),
  unseen_and_waived: () =>
    unseen("migrations-up").must({
      intent: "waive_look",
      stepId: "migrations-up",
      attempt: 1,
      reason: "compared the dump by hand",
      by,
    }),
  drift_then_back: () => drifted().must({ intent: "roll_back", reason: "", by }),
  drift_on_way_back: () => writtenBefore("back-check-backup"),
  drift_after_restore: () => writtenBefore("back-install"),
  drift_second_cluster: () => drifted({ ...sampleDrift(), side: "green" }),
  drift_by_hand: () => writtenByHand(),
  unseen_by_hand: () =>
    measuredUntil("unfreeze", { fingerprint }).must({ intent: "report_look_failed", ...thaw, reason: "no route" }),
  back_after_broken_up: () => brokenUp(),
  soak_failed: () => watched(sampleSoak("fail")),
  soak_inconclusive: () => watched(sampleSoak("inconclusive")),
};
