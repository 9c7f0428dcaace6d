import { currentStep, next } from "#src/upgrade/next.ts";
import { bob, carol, erin, inSlack, sampleEnvironment, sampleFacts, sampleFinding } from "#test/support/samples.ts";
import { Story, planned, report, request, started } from "#test/support/given.ts";

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

function asked(): Story {
  return started().runUntilIrreversible();
}

function voted(story: Story, who: typeof carol, decision: "approve" | "reject", reason?: string): Story {
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no gate");
  return story.must({
    intent: "vote",
    stepId: step.id,
    attempt: progress.attempt,
    voter: who,
    decision,
    digest: progress.approval.digest,
    ...(reason === undefined ? {} : { reason }),
  });
}

const by = inSlack(bob);

/** One story per state that people meet in Slack. */
export const stories: Readonly<Record<string, () => Story>> = {
  surveying: () => new Story().must(request),
  refused: () => new Story().must({ ...request, to: "2.1.0" }).must({ intent: "report_survey", facts: sampleFacts() }),
  checked: () =>
    new Story().must({ ...request, mode: "check" }).must({ intent: "report_survey", facts: sampleFacts() }),
  planned: () => planned(),
  superseded: () => planned().must(request).must({ intent: "report_survey", facts: sampleFacts() }),
  running: () => started().runUntil("migrations-up"),
  paused: () => started().runUntil("migrations-up").must({ intent: "pause", reason: "traffic peak", by }),
  failed: () => failed("`migrations up` did nothing: another node holds the lock", ["Error: aborted"]),
  held: () => failed("it failed").must({ intent: "hold", by }),
  unknown,
  probed,
  asked,
  half_approved: () => voted(asked(), carol, "approve"),
  approved: () => voted(voted(asked(), carol, "approve"), erin, "approve"),
  rejected: () => voted(asked(), carol, "reject", "not before the weekend"),
  expired: () => asked().wait(7_200_000).must({ intent: "tick" }),
  going_back: () => failed("it failed").must({ intent: "roll_back", reason: "enough", by }),
  withdrawn: () => asked().must({ intent: "roll_back", reason: "", by }),
  rolled_back: () => failed("it failed").must({ intent: "roll_back", reason: "", by }).runUntil(),
  aborted: () => planned().must({ intent: "abort", reason: "wrong week", leaveAsIs: false, by }),
  completed: () => started().must({ intent: "add_note", text: "all calm", by }).runUntil(),
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
  const hop = { from: "2.8.5", to: "3.4.2", findings: [finding], notChecked: [] };
  const facts = sampleFacts({ assessment: { target: "3.4.2", hops: [hop] } });
  const story = new Story()
    .must({ ...request, environment, by: evil })
    .must({ intent: "report_survey", facts })
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
