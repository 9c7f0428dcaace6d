import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import { dueNudge } from "#approvals/reminders.ts";
import type { Nudge, Nudged } from "#approvals/reminders.ts";
import { addMs } from "#src/kernel/instant.ts";

const requestedAt = "2026-11-21T03:00:00.000Z";
const minute = 60_000;
const policy = quorumPolicy(
  { users: ["U0ERIN001"], groups: [], quorum: 1, expiresAfterMs: 4 * 60 * minute },
  {
    reminders: { everyMs: 10 * minute, atMost: 3 },
    escalations: [{ afterMs: 25 * minute, users: ["U0BOSS001"], groups: [] }],
  },
);

const nothingSent: Nudged = { requestedAt, reminders: 0, escalations: 0, reopened: { times: 0, told: 0 } };

/** What is sent until a moment, looked at every `everyMs`. */
function sentUntil(ms: number, everyMs: number): readonly string[] {
  const all: string[] = [];
  let sent: Nudged = nothingSent;
  for (let passed = 0; passed <= ms; passed += everyMs) {
    for (let nudge = due(sent, passed); nudge !== undefined; nudge = due(sent, passed)) {
      all.push(`${nudge.kind} ${nudge.number} at ${passed / minute}`);
      sent = nudge.kind === "reminder" ? { ...sent, reminders: nudge.number } : { ...sent, escalations: nudge.number };
    }
  }
  return all;
}

function due(sent: Nudged, passedMs: number): Nudge | undefined {
  return dueNudge(policy, sent, addMs(requestedAt, passedMs));
}

test("approvers are reminded on schedule, others are told in between, and then it is quiet", () => {
  expect(sentUntil(120 * minute, minute)).toEqual([
    "reminder 1 at 10",
    "reminder 2 at 20",
    "escalation 1 at 25",
    "reminder 3 at 30",
  ]);
});

test("a bot that was away reminds once, not once for each time that it missed", () => {
  expect(sentUntil(29 * minute, 29 * minute)).toEqual(["reminder 2 at 29", "escalation 1 at 29"]);
});

test("nothing is due before its time", () => {
  expect(due(nothingSent, 10 * minute - 1)).toBeUndefined();
});

test("lost votes are told of at once, before what else is due, and once however many were lost", () => {
  const lost = { ...nothingSent, reopened: { times: 2, told: 0 } };
  expect(due(lost, 0)).toMatchObject({ kind: "reopening", number: 2 });
  expect(due(lost, 10 * minute)).toMatchObject({ kind: "reopening" });
  expect(due({ ...lost, reopened: { times: 2, told: 2 } }, 0)).toBeUndefined();
});
