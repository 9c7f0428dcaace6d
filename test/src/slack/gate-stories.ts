import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import type { Person } from "#approvals/person.ts";
import type { Window } from "#approvals/window.ts";
import { addMs } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { Story, request, started } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  factsWith,
  frank,
  inSlack,
  sampleEnvironment,
  sampleFinding,
  sampleQuestion,
} from "#test/support/samples.ts";

/** The vote of somebody on the request that is open. */
export function voteOf(
  story: Story,
  voter: Person,
  over: Partial<Extract<Intent, { intent: "vote" }>> = {},
): Extract<Intent, { intent: "vote" }> {
  return { intent: "vote", ...gateRef(story), voter, decision: "approve", ...over };
}

/** The step, attempt and digest of the request that is open. */
function gateRef(story: Story): Pick<Extract<Intent, { intent: "vote" }>, "stepId" | "attempt" | "digest"> {
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no gate");
  return { stepId: step.id, attempt: progress.attempt, digest: progress.approval.digest };
}

export function asked(): Story {
  return started().runUntilIrreversible();
}

function approved(): Story {
  const story = asked();
  return story.must(voteOf(story, carol)).must(voteOf(story, erin));
}

/** Every night in Berlin; the stories play at 04:00 there, when none is open. */
const nights: Window = {
  days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
  from: "22:00",
  to: "03:00",
  timeZone: "Europe/Berlin",
};

/** Two ways of meeting it, proof of presence, reasons, windows, people for emergencies. */
const strictPolicy: Policy = {
  ...quorumPolicy({ users: [], groups: [], quorum: 1, expiresAfterMs: 3_600_000 }),
  alternatives: [
    [{ count: 2, users: [], groups: ["S0APPROVE"], name: "dba" }],
    [
      { count: 1, users: [], groups: ["S0APPROVE"], name: "dba" },
      { count: 1, users: ["U0ERIN001"], groups: ["roster:on-call"] },
    ],
  ],
  grantExpiresAfterMs: 8 * 3_600_000,
  denyThreshold: 2,
  reasonRequired: ["approve", "reject"],
  stepUp: "totp",
  windows: [nights],
  breakGlass: ["U0FRANK01"],
};

const strictEnvironment: Environment = sampleEnvironment({
  preproduction: "staging",
  operators: { users: ["U0ALICE01", "U0BOB0001", "U0FRANK01"], groups: [] },
  policies: { irreversible: strictPolicy },
});

const rehearsal = {
  upgradeId: "KU-2026-0007",
  environment: "staging",
  from: "2.8.5",
  to: "3.4.2",
  strategy: "in-place",
  startedAt: "2026-11-14T12:51:09.000Z",
  completedAt: "2026-11-14T14:05:09.000Z",
} as const;

/** A request of a strict policy after a plan with findings and answers. */
export function strict(): Story {
  const findings = [
    sampleFinding(),
    sampleFinding({ id: "34-removed-key", severity: "stops_start", title: "A removed key stops the start" }),
    sampleQuestion(),
  ];
  return new Story()
    .must({ ...request, environment: strictEnvironment, rehearsal })
    .must({ intent: "report_survey", facts: factsWith(findings) })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntil("acknowledge-findings")
    .answerAll("yes")
    .runUntilIrreversible();
}

const proven = { reason: "the change was reviewed", stepUp: "totp" } as const;

/** Frank votes in carol's place, dave hesitates. */
function strictlyHalf(): Story {
  const story = strict().must({ intent: "delegate_vote", from: carol, to: frank, until: "2026-11-21T12:00:00.000Z" });
  return story
    .must(voteOf(story, frank, { ...proven, onBehalfOf: [carol] }))
    .must(voteOf(story, dave, { decision: "reject", reason: "not before the weekend" }));
}

function strictlyApproved(): Story {
  const story = strict();
  return story.must(voteOf(story, carol, proven)).must(voteOf(story, erin, { ...proven, stepUp: "totp" }));
}

export function glassBroken(): Story {
  const story = strict();
  return story.must({
    intent: "break_glass",
    ...gateRef(story),
    person: frank,
    reason: "the site is down",
    incident: "INC-4711",
    stepUp: "totp",
    skipped: ["U0CAROL01", "U0ERIN001"],
  });
}

function cancelled(): Story {
  const story = asked();
  return story.must({ intent: "cancel_request", ...gateRef(story), reason: "wrong evening", by: inSlack(alice) });
}

/** One story per state of a request for approval besides the plain ones. */
export const gateStories: Readonly<Record<string, () => Story>> = {
  strictly_asked: strict,
  strictly_half: strictlyHalf,
  strictly_approved: strictlyApproved,
  glass_broken: glassBroken,
  glass_broken_too_late: () =>
    glassBroken()
      .wait(9 * 3_600_000)
      .must({ intent: "tick" }),
  cancelled,
  asked_then_paused: () => asked().must({ intent: "pause", reason: "traffic peak", by: inSlack(bob) }),
  taken_back: () => {
    const story = approved();
    return story.must({ intent: "withdraw_vote", ...gateRef(story), voter: erin });
  },
  granted_too_late: () => {
    const story = approved();
    story.now = addMs(story.now, 3_600_001);
    return story.must({ intent: "tick" });
  },
  granted_then_back: () => approved().must({ intent: "roll_back", reason: "", by: inSlack(bob) }),
  asked_then_aborted: () => asked().must({ intent: "abort", reason: "wrong week", leaveAsIs: true, by: inSlack(bob) }),
};

/** Requests in every state whose every foreign text is this one; what people write themselves may be another. */
export function hostileGates(text: string, written = text): readonly Story[] {
  const named = (who: typeof carol): Person => ({ ...who, name: text });
  const policy: Policy = {
    ...strictPolicy,
    alternatives: strictPolicy.alternatives.map((parts) => parts.map((part) => ({ ...part, name: text }))),
    windows: [],
    stepUp: "none",
  };
  const environment = { ...strictEnvironment, preproduction: text, policies: { irreversible: policy } };
  const from = { ...rehearsal, upgradeId: text, environment: text };
  const finding = sampleFinding({ title: text, effect: text, evidence: [text] });
  const open = (): Story =>
    new Story()
      .must({ ...request, environment, rehearsal: from })
      .must({ intent: "report_survey", facts: factsWith([finding]) })
      .must({ intent: "start", by: inSlack(named(alice)) })
      .runUntilIrreversible();
  const voted = (story: Story): Story =>
    story
      .must({ intent: "delegate_vote", from: named(carol), to: named(frank), until: "2026-11-21T12:00:00.000Z" })
      .must(voteOf(story, named(frank), { reason: written, onBehalfOf: [named(carol)] }))
      .must(voteOf(story, named(dave), { decision: "reject", reason: written }));
  const rejected = voted(open());
  const cancelledOne = voted(open());
  const broken = voted(open());
  const why = { reason: written, incident: written } as const;
  return [
    voted(open()),
    rejected.must(voteOf(rejected, named(erin), { decision: "reject", reason: written })),
    cancelledOne.must({
      intent: "cancel_request",
      ...gateRef(cancelledOne),
      reason: written,
      by: inSlack(named(alice)),
    }),
    broken.must({
      intent: "break_glass",
      ...gateRef(broken),
      ...why,
      person: named(frank),
      stepUp: "none",
      skipped: [],
    }),
  ];
}
