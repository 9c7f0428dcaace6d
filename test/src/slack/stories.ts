import { quorumPolicy } from "#approvals/policy.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import {
  alice,
  bob,
  carol,
  erin,
  factsWith,
  inSlack,
  sampleEnvironment,
  sampleFacts,
  sampleFinding,
  sampleQuestion,
} from "#test/support/samples.ts";
import { Story, planned, report, request, started } from "#test/support/given.ts";
import { asked, gateStories, voteOf } from "./gate-stories.ts";
import { calendarStories } from "./calendar-stories.ts";
import { watchStories } from "./watch-stories.ts";

function failed(reason: string, tail: readonly string[] = []): Story {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  return story.must({ intent: "start_step", ...ref, digest: todo.digest }).must({
    intent: "finish_step",
    ...ref,
    report: report("failed", {
      reason,
      proof: [
        { kind: "migrations", verdict: "not_ok", summary: "migrations are new, not pending", details: ['{"new":1}'] },
      ],
      commands: [
        {
          target: "kong-1",
          argv: ["/opt/kong-1/bin/kong", "migrations", "up"],
          exitCode: 0,
          timedOut: false,
          durationMs: 900,
        },
      ],
      output: { digest: `sha256:${"0".repeat(64)}`, lines: tail.length, bytes: 10, tail },
    }),
  });
}

function unknown(): Story {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  return story
    .must({ intent: "start_step", ...ref, digest: todo.digest })
    .must({ intent: "report_runner_lost", ...ref, reason: "runner r1 died while it ran the step" });
}

function backingUp(): Story {
  const story = started().runUntil("backup-database");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  return story.must({ intent: "start_step", ...ref, digest: todo.digest });
}

/** The runner of the backup stands still. */
function silent(): Story {
  return backingUp().must({ intent: "report_runner_silent", ...silentRun, ...silence });
}

const silentRun = { stepId: "backup-database", attempt: 1, runnerId: "r1" };
const silence = { lastSeen: "2026-11-21T02:58:00.000Z", host: "kong-eu-1", pid: 4_711 };

function cancelling(): Story {
  return backingUp().must({
    intent: "cancel_step",
    stepId: "backup-database",
    attempt: 1,
    reason: "wrong folder",
    by: inSlack(bob),
  });
}

function probed(): Story {
  const story = unknown();
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "unknown") throw new Error("nothing is unknown");
  return story.must({
    intent: "report_evidence",
    stepId: step.id,
    attempt: progress.attempt,
    runnerId: "r2",
    probes: [{ kind: "migrations", verdict: "ok", summary: "migrations are pending", details: [] }],
  });
}

function voted(story: Story, who: typeof carol, decision: "approve" | "reject", reason?: string): Story {
  return story.must(voteOf(story, who, { decision, ...(reason === undefined ? {} : { reason }) }));
}

/** Says that these people were told directly. */
function nudged(
  story: Story,
  nudge: IntentOf<"remind">["nudge"],
  over: Pick<IntentOf<"remind">, "to" | "voters">,
): Story {
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "ready") throw new Error("no gate");
  return story.must({ intent: "remind", stepId: step.id, attempt: progress.attempt, nudge, ...over });
}

const both = { to: [carol, erin].map(({ userId }) => ({ userId, mayVote: true })) };
const halfHour = 30 * 60_000;

/** A request of whose approvers one was reminded twice, the other has voted, and somebody who may not vote was told. */
export function reminded(name = "erin"): Story {
  const escalated = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 4 * 3_600_000 },
    { escalations: [{ afterMs: 3 * halfHour, users: ["U0FRANK01"], groups: [] }] },
  );
  const story = new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible: escalated } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  nudged(story.wait(halfHour), { kind: "reminder", number: 1 }, both);
  voted(story, carol, "approve");
  nudged(story.wait(halfHour), { kind: "reminder", number: 2 }, { to: both.to.slice(1) });
  return nudged(
    story.wait(halfHour),
    { kind: "escalation", number: 1 },
    {
      to: [{ userId: "U0FRANK01", mayVote: false }],
      voters: [{ userId: erin.userId, name }],
    },
  );
}

const by = inSlack(bob);

const targets = sampleQuestion();
const tls = sampleQuestion({
  id: "34-old-tls",
  severity: "breaks_traffic",
  title: "Do clients use TLS 1.0 or 1.1?",
  effect: "OpenSSL 3 refuses them.",
  remedy: "Test against the oldest clients.",
});
const capacity = sampleQuestion({ id: "any-capacity", severity: "info", title: "Do the new nodes have the capacity?" });
const someAsked = [sampleFinding(), targets, tls, capacity];

/** A plan with three questions, of which bob has answered two. */
function asking(): Story {
  return new Story()
    .must(request)
    .must({ intent: "report_survey", facts: factsWith(someAsked) })
    .must({ intent: "answer_question", questionId: targets.id, answer: "no", note: "no scripts", by })
    .must({ intent: "answer_question", questionId: tls.id, answer: "yes", note: "the till in Ulm", by });
}

function checkedInPart(): Story {
  const many = Array.from({ length: 20 }, (_, index) => ({ text: `route r${index}: paths[0] = /r${index}/\\d+` }));
  const facts = {
    ...factsWith(
      [
        sampleFinding({ evidence: many, count: 300 }),
        sampleFinding({
          id: "34-removed-key",
          severity: "stops_start",
          title: "A removed key stops the start",
          count: 1,
        }),
        ...someAsked.slice(1),
        sampleFinding({ id: "u", kind: "undecided", title: "The licence could not be read", evidence: [], count: 0 }),
      ],
      [
        { input: "template", problem: "not given", hazards: ["t1", "t2"] },
        { input: "dashboards", problem: "not given", hazards: ["d1"] },
      ],
    ),
    sources: [
      {
        name: "kong-1: kong.conf",
        outcome: {
          kind: "failed" as const,
          at: "2026-11-21T03:00:00.000Z",
          problem: "EACCES",
          undecided: ["removed keys"],
        },
      },
    ],
  };
  return new Story()
    .must({ ...request, mode: "check", strategy: "recommended" })
    .must({ intent: "report_survey", facts });
}

/** One story per state that people meet in Slack. */
export const stories: Readonly<Record<string, () => Story>> = {
  surveying: () => new Story().must(request),
  refused: () => new Story().must({ ...request, to: "2.1.0" }).must({ intent: "report_survey", facts: sampleFacts() }),
  checked: () =>
    new Story().must({ ...request, mode: "check" }).must({ intent: "report_survey", facts: sampleFacts() }),
  checked_in_part: checkedInPart,
  dry_run: () =>
    new Story()
      .must({ ...request, mode: "dry_run" })
      .must({ intent: "report_survey", facts: factsWith(someAsked.slice(0, 2)) }),
  planned: () => planned(),
  asking,
  deciding: () => asking().must({ intent: "start", by }).runUntil("acknowledge-findings"),
  asked_again: () =>
    asking()
      .must({ ...request, options: { order: "documented" } })
      .must({ intent: "report_survey", facts: factsWith([sampleFinding({ count: 2 }), tls]) }),
  superseded: () => planned().must(request).must({ intent: "report_survey", facts: sampleFacts() }),
  running: () => started().runUntil("migrations-up"),
  backing_up: () => backingUp(),
  silent,
  silent_and_paused: () => silent().must({ intent: "pause", reason: "", by }),
  heard_again: () => silent().must({ intent: "report_runner_heard", ...silentRun }),
  silent_then_done: () => silent().must({ intent: "finish_step", ...silentRun, report: report("done") }),
  silent_then_lost: () => silent().must({ intent: "report_runner_lost", ...silentRun, reason: "runner r1 was ended" }),
  cancelling: () => cancelling(),
  cancelled_step: () => {
    const story = cancelling();
    const { step, progress } = currentStep(story.active) ?? {};
    if (step === undefined || progress?.kind !== "running") throw new Error("nothing runs");
    return story.must({
      intent: "finish_step",
      stepId: step.id,
      attempt: progress.attempt,
      runnerId: "r1",
      report: report("failed", { reason: "pg_dump was cancelled; no process of it is left" }),
    });
  },
  paused: () => started().runUntil("migrations-up").must({ intent: "pause", reason: "traffic peak", by }),
  failed: () => failed("`migrations up` did nothing: another node holds the lock", ["Error: aborted"]),
  held: () => failed("it failed").must({ intent: "hold", by }),
  unknown,
  probed,
  asked,
  half_approved: () => voted(asked(), carol, "approve"),
  reminded: () => reminded(),
  reminded_and_approved: () => voted(reminded(), erin, "approve"),
  approved: () => voted(voted(asked(), carol, "approve"), erin, "approve"),
  rejected: () => voted(asked(), carol, "reject", "not before the weekend"),
  expired: () => asked().wait(7_200_000).must({ intent: "tick" }),
  going_back: () => failed("it failed").must({ intent: "roll_back", reason: "enough", by }),
  withdrawn: () => asked().must({ intent: "roll_back", reason: "", by }),
  rolled_back: () => failed("it failed").must({ intent: "roll_back", reason: "", by }).runUntil(),
  aborted: () => planned().must({ intent: "abort", reason: "wrong week", leaveAsIs: false, by }),
  completed: () => started().must({ intent: "add_note", text: "all calm", by }).runUntil(),
  ...gateStories,
  ...watchStories,
  ...calendarStories,
};

/** Texts that must never act in Slack, wherever they come from. */
export const hostileTexts: readonly string[] = [
  "<!channel> <!here> <!everyone> <@U0CAROL01> <!subteam^S0APPROVE>",
  "<https://evil.example|https://good.example> &lt;!channel&gt;",
  "```\n<!channel>\n``` `x` *b* _i_ ~s~",
  "\u202Egnp.exe\u202C \u2066x\u2069 \u200B\u200D\uFEFF\u0000\u001B[31mred\u001B[0m",
  "😀".repeat(2_500),
  "&<>".repeat(2_000),
  "a\n".repeat(3_000),
  ":white_check_mark: :lock: *Approved by erin*\n:+1: granted `sha256",
  "fine\n👍 erin approved, today\n✅ Approved by erin, dave.",
  "<!date^1795183500^{date}|never> <!date^1795183500^{date}^https://evil.example|now> <#C0PRACTCE|general>",
  "<<!channel>> <!channel|x> <@U0CAROL01|bob> <!subteam^S0APPROVE|@all> @channel @here #general mailto:a@b.example",
  "\u{E0001}\u{E0041}tags \u061C\u2067rtl\u2069 \u00AD\u2060 za\u0300\u0301\u0302lgo \u2028\u2029",
  `<!here> ${"reason ".repeat(6_000)}`,
];

/** A story whose every foreign text is this one. */
export function hostileStory(text: string): Story {
  const evil = inSlack({ ...bob, name: text });
  const environment = sampleEnvironment({
    description: text,
    smokeTests: [{ name: text, method: "GET", path: "/", headers: {}, expectStatus: 200 }],
  });
  const finding = sampleFinding({
    title: text,
    effect: text,
    remedy: text,
    source: text,
    evidence: [text, { text, id: text, name: text, workspace: text, field: text, value: text, file: text, line: 3 }],
    count: 2,
  });
  const question = sampleQuestion({ id: text, title: text, effect: text, remedy: text, source: text });
  const facts = {
    ...factsWith(
      [finding, question, sampleQuestion({ title: text })],
      [{ input: text, problem: text, hazards: [text] }],
    ),
    sources: [
      {
        name: text,
        outcome: { kind: "failed" as const, at: "2026-11-21T03:00:00.000Z", problem: text, undecided: [text] },
      },
    ],
  };
  const before = sampleFinding({ id: "before", title: text, evidence: [text] });
  const story = new Story()
    .must({ ...request, environment, by: evil })
    .must({ intent: "report_survey", facts: factsWith([before]) })
    .must({ ...request, environment, by: evil })
    .must({ intent: "report_survey", facts })
    .must({ intent: "answer_question", questionId: text, answer: "yes", note: text, by: evil })
    .must({ intent: "start", by: evil })
    .must({ intent: "add_note", text, by: evil })
    .runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: text };
  const probe = { kind: "smoke", verdict: "not_ok" as const, summary: text, details: [text, text] };
  story.must({ intent: "start_step", ...ref, digest: todo.digest }).must({
    intent: "finish_step",
    ...ref,
    report: report("failed", {
      reason: text,
      precheck: [probe],
      proof: [probe],
      commands: [{ target: text, argv: [text, text], signal: text, timedOut: false, durationMs: 1 }],
      output: { digest: `sha256:${"0".repeat(64)}`, lines: 2, bytes: 2, tail: [text, text, text] },
    }),
  });
  return story.must({ intent: "pause", reason: text, by: evil }).must({ intent: "raise_alarm", what: text });
}

/** A check whose every foreign text is this one. */
export function hostileCheck(text: string): Story {
  const evil = inSlack({ ...bob, name: text });
  const findings = [
    sampleFinding({ title: text, effect: text, remedy: text, source: text, evidence: [text], byMigration: text }),
    sampleQuestion({ title: text, effect: text }),
    sampleFinding({ kind: "undecided", title: text }),
  ];
  const facts = factsWith(findings, [{ input: text, problem: text, hazards: [] }]);
  return new Story().must({ ...request, mode: "check", by: evil }).must({ intent: "report_survey", facts });
}
