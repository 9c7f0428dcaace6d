import { describe, expect, test } from "vitest";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import { newWork, nextTask, noteRow } from "#src/slack/delivery/work.ts";
import { acknowledgeStepId } from "#src/upgrade/answers.ts";
import { next } from "#src/upgrade/next.ts";
import { inSlack, alice, carol, factsWith, frank, sampleFinding, sampleQuestion } from "#test/support/samples.ts";
import { Story, id, report, request, started } from "#test/support/given.ts";
import { actionsOf, names, postOf, postsOf, tokensIn } from "./recorded.ts";
import { stories } from "./stories.ts";
import { unseen } from "./watch-stories.ts";

const story = (name: string) => {
  const make = stories[name];
  if (make === undefined) throw new Error(`no story ${name}`);
  return make();
};

/** Digests, places and versions change with every step that a plan gains; what they mean has tests of its own. */
function withoutNumbers(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{12,64}\b/gu, "…digest…")
    .replaceAll(
      /\b(line|head|drift|unseen|looks|soak|glass|owner|check|report|questions|diff|dry-run|refused(?:-private)?)-\d+/gu,
      "$1-N",
    )
    .replaceAll(/\b([Ee]vent|step) \d+(?: of \d+)?/gu, "$1 N")
    .replaceAll(/[▰▱]+ \d+\/\d+/gu, "▰▱ N/N")
    .replaceAll(/\b\d+ steps/gu, "N steps");
}

describe.each(Object.keys(stories))("when an upgrade is %s", (name) => {
  test("its card, thread and prompts are as the golden file says", async () => {
    const shown = postsOf(story(name)).filter((post) => !post.key.startsWith("step-") && !post.key.startsWith("plan-"));
    const posts = shown.map(({ key, place, to, isOver, urgency, mentions, text, blocks }) => ({
      key,
      place,
      to,
      isOver,
      urgency,
      mentions,
      text,
      blocks,
    }));
    const text = withoutNumbers(JSON.stringify(posts, undefined, 2));
    await expect(`${text}\n`).toMatchFileSnapshot(`./golden/${name}.golden`);
  });

  test("Slack takes every message of it", () => {
    const problems = postsOf(story(name)).flatMap((post) =>
      [...validateMessage(post), ...(post.text.length > 4_000 ? ["text too long for an edit"] : [])].map((problem) => ({
        key: post.key,
        problem,
      })),
    );
    expect(problems).toEqual([]);
  });

  test("the card says where we are, what is next, who must act, and notifies nobody", () => {
    const card = postOf(story(name), "card");
    expect(card.text).toMatch(/Next: .+\nWho must act: .+/u);
    expect(card.mentions).toEqual([]);
    expect(tokensIn(card).filter((token) => !token.startsWith("<!date^"))).toEqual([]);
  });
});

test("a closed upgrade has no live button anywhere", () => {
  for (const name of ["completed", "rolled_back", "aborted", "refused", "checked", "checked_in_part", "dry_run"]) {
    expect(postsOf(story(name)).flatMap(actionsOf)).toEqual([]);
  }
});

test("an open request mentions its group and people once, a decided one nobody", () => {
  expect(postOf(story("asked"), "approval-").mentions).toEqual(["<!subteam^S0APPROVE>", "<@U0ERIN001>"]);
  expect(postOf(story("approved"), "approval-").mentions).toEqual([]);
  expect(tokensIn(postOf(story("asked"), "approval-")).filter((token) => !token.startsWith("<!date^"))).toEqual([]);
});

const approvalOf = (name: string): readonly string[] => {
  const post = postsOf(story(name)).findLast(({ key }) => key === "approval-migrations-finish-1");
  return post === undefined ? ["nothing"] : actionsOf(post);
};

test("an open request can be approved, rejected, cancelled and read in full, and a vote in it taken back", () => {
  expect(approvalOf("asked")).toEqual(["ku_approve", "ku_reject", "ku_cancel_request", "ku_show_everything"]);
  for (const name of ["half_approved", "taken_back", "strictly_half"]) {
    const withVotes = ["ku_approve", "ku_reject", "ku_withdraw_vote", "ku_cancel_request", "ku_show_everything"];
    expect([name, approvalOf(name)]).toEqual([name, withVotes]);
  }
});

test("what is granted can still be rejected, read in full and an approval of it withdrawn, until the step starts", () => {
  expect(approvalOf("approved")).toEqual(["ku_reject", "ku_withdraw_vote", "ku_show_everything"]);
  expect(approvalOf("strictly_approved")).toEqual(["ku_reject", "ku_withdraw_vote", "ku_show_everything"]);
  expect(approvalOf("glass_broken")).toEqual(["ku_reject", "ku_show_everything"]);
  expect(approvalOf("completed")).toEqual([]);
});

test.each([
  "rejected",
  "expired",
  "withdrawn",
  "cancelled",
  "granted_too_late",
  "glass_broken_too_late",
  "granted_then_back",
  "asked_then_aborted",
])("a request that is %s has no live button", (name) => {
  expect(approvalOf(name)).toEqual([]);
});

test("the failure prompt offers exactly the choices of the state, with the evidence", () => {
  const failed = postOf(story("failed"), "failure-");
  expect(actionsOf(failed)).toEqual(["ku_retry", "ku_roll_back", "ku_hold"]);
  expect(JSON.stringify(failed.blocks)).toContain("migrations are new, not pending");
  expect(actionsOf(postOf(story("unknown"), "failure-"))).toEqual([]);
  expect(actionsOf(postOf(story("probed"), "failure-"))).toEqual([
    "ku_count_as_done",
    "ku_look_again",
    "ku_retry",
    "ku_roll_back",
    "ku_hold",
  ]);
  expect(actionsOf(postOf(story("going_back"), "failure-"))).toEqual([]);
});

test("a rejection and an expiry are prompts, too", () => {
  expect(actionsOf(postOf(story("rejected"), "failure-"))).toEqual(["ku_retry", "ku_roll_back", "ku_hold"]);
  expect(postOf(story("rejected"), "failure-").text).toMatch(
    /Not approved: kong migrations finish\nRejected by u0\w+01: \S/u,
  );
  expect(postOf(story("expired"), "failure-").text).toContain("expired");
});

test("a superseded plan is told to be dead", () => {
  const plans = postsOf(story("superseded")).filter((post) => post.key.startsWith("plan-"));
  expect(plans[0]?.text).toContain("superseded");
  expect(plans.at(-1)?.text).not.toContain("superseded");
});

test("a refused plan is told to who asked, privately, and in the thread", () => {
  const posts = postsOf(story("refused")).filter((post) => post.key.startsWith("refused"));
  expect(posts.map((post) => [post.place, post.ephemeralTo])).toEqual([
    ["thread", undefined],
    ["channel", "U0ALICE01"],
  ]);
});

test("a request that gets no plan leaves the messages of the plan that stays as they were, and says so to who asked", () => {
  const facts = factsWith([sampleQuestion()]);
  const before = new Story().must(request).must({ intent: "report_survey", facts });
  const after = new Story()
    .must(request)
    .must({ intent: "report_survey", facts })
    .must({ ...request, to: "2.8.1", by: inSlack(frank) })
    .must({ intent: "report_survey", facts });
  for (const key of ["plan-", "questions-"]) expect(postOf(after, key)).toEqual(postOf(before, key));
  expect(actionsOf(postOf(after, "card"))).toEqual(actionsOf(postOf(before, "card")));
  const refused = postOf(after, "refused-private-");
  expect(refused.ephemeralTo).toBe(frank.userId);
  expect(refused.text).toMatch(/there is no plan to 2\.8\.1, and nothing was changed/u);
  expect(refused.text).toMatch(/The plan `[0-9a-f]{12}` to 3\.4\.2 stays, with its findings and answers/u);
  expect(postsOf(after).filter(({ head }) => head !== undefined)).toHaveLength(1);
});

test("heads of the record are posted when planned, started, before an irreversible step and at the end", () => {
  const heads = postsOf(story("completed")).filter((post) => post.head !== undefined);
  expect(heads.map((post) => post.text.replace(/ event.*/u, ""))).toEqual([
    expect.stringContaining("when the plan was made:"),
    expect.stringContaining("at the start:"),
    expect.stringContaining("before “"),
    expect.stringContaining("before “"),
    expect.stringContaining("at the end:"),
  ]);
  expect(heads.at(-1)?.text).toContain(heads.at(-1)?.head?.hash);
});

test("equal records give equal posts, and keys are unique", () => {
  const posts = postsOf(story("completed"));
  expect(postsOf(story("completed"))).toEqual(posts);
  expect(new Set(posts.map((post) => post.key)).size).toBe(posts.length);
});

test("a vote that does not count any more opens the request again without a second mention in the channel", () => {
  const approved = story("approved");
  const current = [...approved.active.forward.steps].find(([, progress]) => progress.kind === "ready");
  approved.must({
    intent: "recheck_approval",
    stepId: current?.[0] ?? "",
    attempt: 1,
    people: [
      { ...carol, isDeactivated: true },
      { ...frank, userId: "U0ERIN001" },
    ],
    envelope: { payloadType: "t", payload: "", signatures: [{ keyid: "k", sig: "" }] },
    checkedAt: approved.now,
  });
  const line = postsOf(approved).find((post) => post.text.includes("open again"));
  expect(line?.mentions).toEqual([]);
  expect(actionsOf(postOf(approved, "approval-"))).toContain("ku_approve");
});

test("a step by hand asks who started, and dies when it is confirmed", () => {
  const waiting = started();
  const prompt = postsOf(waiting).find((post) => post.key.startsWith("manual-"));
  const first = prompt ?? postOf(waiting.runUntil("acknowledge-findings"), "manual-");
  expect(first.mentions).toEqual(["<@U0ALICE01>"]);
  expect(actionsOf(first)).toEqual(["ku_confirm_manual", "ku_show_everything"]);
  waiting.must({ intent: "pause", reason: "", by: inSlack(alice) });
  expect(actionsOf(postOf(waiting, "manual-"))).toEqual([]);
});

/** A plan or check with far more findings and questions than anybody reads in a thread. */
function crowded(mode: "plan" | "check"): Story {
  const findings = Array.from({ length: 200 }, (_, index) =>
    sampleFinding({ id: `finding-${index}`, title: `Finding ${index}`, effect: "x".repeat(400) }),
  );
  const questions = Array.from({ length: 130 }, (_, index) =>
    sampleQuestion({ id: `question-${index}`, title: `Question ${index}`, effect: "y".repeat(400) }),
  );
  const facts = factsWith([...findings, ...questions]);
  return new Story().must({ ...request, mode }).must({ intent: "report_survey", facts });
}

test.each(["plan", "check"] as const)(
  "a crowded %s is cut, says how much is in the report, and Slack takes it",
  (mode) => {
    const posts = postsOf(crowded(mode));
    expect(posts.flatMap((post) => validateMessage(post).map((problem) => ({ key: post.key, problem })))).toEqual([]);
    const shown = JSON.stringify(posts.map(({ blocks }) => blocks));
    expect(shown).toContain("…160 more in the report");
    expect(shown).toContain(
      mode === "check" ? "…105 more in the report" : "30 more are answered with `/kong-upgrade answer`",
    );
    expect(posts.length).toBeLessThan(50);
    expect(posts.filter(({ file }) => file !== undefined)).toHaveLength(1);
  },
);

test("answers change what messages say, never how many there are or where one ends", () => {
  const asked = crowded("plan");
  const before = postsOf(asked);
  for (let index = 0; index < 130; index += 1) {
    const answer = { questionId: `question-${index}`, answer: "no" as const, note: "n".repeat(1_000) };
    asked.must({ intent: "answer_question", ...answer, by: inSlack(alice) });
  }
  const after = postsOf(asked);
  expect(after.map(({ key, blocks }) => [key, blocks.length])).toEqual(
    before.map(({ key, blocks }) => [key, blocks.length]),
  );
  expect(after.flatMap((post) => validateMessage(post))).toEqual([]);
  const changed = after.filter(({ digest }, index) => digest !== before[index]?.digest).map(({ key }) => key);
  expect(changed.filter((key) => !key.startsWith("questions-"))).toEqual(["card", "plan-3-1"]);
});

test("a question is asked in its own words, with what is hit if the answer is yes", () => {
  const question = sampleQuestion({
    title: "Percent-encoded paths are decoded",
    evidence: [
      { text: "Do clients send the encoded form?", what: "question" },
      { text: "route orders: paths[0] = /a%20b", what: "route" },
      { text: "route parts: paths[0] = /c%20d", what: "route" },
      { text: "route rest: paths[0] = /e%20f", what: "route" },
    ],
    count: 4,
  });
  const asked = new Story().must(request).must({ intent: "report_survey", facts: factsWith([question]) });
  const { text, blocks } = postOf(asked, "questions-");
  expect(text).toContain("• Do clients send the encoded form?: not answered yet");
  const shown = JSON.stringify(blocks);
  expect(shown).toContain("*Do clients send the encoded form?*\\n    Percent-encoded paths are decoded. POST updated");
  expect(shown).toContain("route parts: paths[0] = /c%20d");
  expect(shown).toContain("…1 more in the report");
});

/** The keys of posts in the order in which a channel with no budget to spare would get them. */
function inOrderOfDelivery(posts: readonly DesiredPost[]): readonly string[] {
  const card = {
    upgradeId: id,
    key: "card",
    channel: "C0PRACTCE",
    contentDigest: "",
    state: "sent",
    ts: "1.0",
  } as const;
  const work = newWork(id, names);
  for (const post of posts) if (post.key !== "card") work.open.set(post.key, post);
  noteRow(work, card);
  const keys: string[] = [];
  for (;;) {
    const task = nextTask([work], () => 0);
    if (task === undefined) return keys;
    keys.push(task.post.key);
    noteRow(work, { ...card, key: task.post.key, contentDigest: task.post.digest });
  }
}

test("whoever is asked to decide has the questions before them, however much else waits for the channel", () => {
  const questions = Array.from({ length: 12 }, (_, index) => sampleQuestion({ id: `q-${index}` }));
  const waiting = new Story()
    .must(request)
    .must({ intent: "report_survey", facts: factsWith(questions) })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntil(acknowledgeStepId);
  const keys = inOrderOfDelivery(postsOf(waiting));
  const prompt = keys.indexOf(`manual-${acknowledgeStepId}-1`);
  const asked = keys.flatMap((key, index) => (key.startsWith("questions-") ? [index] : []));
  expect(asked).toHaveLength(3);
  expect(asked.every((index) => index < prompt)).toBe(true);
  expect(prompt).toBeLessThan(keys.findIndex((key) => key.startsWith("step-")));
});

test("what a person can take back or lift has its button for as long as that is real", () => {
  expect(actionsOf(postOf(story("scheduled"), "card"))).toEqual(["ku_start", "ku_unschedule", "ku_abort"]);
  expect(actionsOf(postOf(story("unscheduled"), "card"))).toEqual(["ku_start", "ku_abort"]);
  const held = (name: string) => postsOf(story(name)).filter((post) => post.text.startsWith("❄️"));
  expect(held("frozen").map(actionsOf)).toEqual([["ku_lift"]]);
  expect(held("lifted").map(actionsOf)).toEqual([[]]);
});

test("what was written after the dump is said to be missing in it, and that its proof will fail", () => {
  const said = JSON.stringify(postOf(story("drift_after_backup"), "drift-").blocks);
  expect(said).toContain("does not hold this change");
  expect(said).toContain("*will fail*");
  expect(JSON.stringify(postOf(story("drift_found"), "drift-").blocks)).not.toContain("will fail");
});

test("an outage is told once in the thread, although the record names each step that went on unseen", () => {
  const unseenOf = (of: Story) => postsOf(of).filter(({ key }) => key.startsWith("unseen-"));
  const first = unseen("backup-files");
  expect(unseenOf(first)).toHaveLength(1);
  const todo = next(first.active, first.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: "backup-files", attempt: 1, runnerId: "r1" };
  first.must({ intent: "start_step", ...ref, digest: todo.digest });
  first.must({ intent: "finish_step", ...ref, report: report("done") });
  const then = next(first.active, first.now);
  if (then.do !== "run") throw new Error(then.do);
  const second = { stepId: then.step.id, attempt: then.attempt, runnerId: "r1", reason: "still refused" };
  expect(unseenOf(first.must({ intent: "report_look_failed", ...second }))).toHaveLength(1);
});

test("a start that was missed names who may let it start, and notifies nobody", () => {
  const missed = story("missed");
  const line = postsOf(missed).find((post) => post.text.startsWith("⏰"));
  for (const shown of [postOf(missed, "card").text, line?.text]) {
    expect(shown).toContain("It can be lifted by carol, @kong-approvers");
    expect(shown).not.toMatch(/U0CAROL01|S0APPROVE/u);
  }
});

test("a runner that stands still asks whoever runs the upgrade, offers no retry, and closes when it goes on or ends", () => {
  const silent = postOf(story("silent"), "silent-");
  expect(silent.mentions).toEqual(["<@U0ALICE01>"]);
  expect(actionsOf(silent)).toEqual(["ku_pause"]);
  expect(silent.text).toContain("Choices: Wait, Pause, Let it go on, Give it up.");
  expect(JSON.stringify(silent.blocks)).toMatch(/kill -KILL 4711.*kong-eu-1/u);
  expect(postOf(story("silent"), "card").text).toContain("Its runner gives no sign of life at");
  expect(actionsOf(postOf(story("silent_and_paused"), "silent-"))).toEqual([]);
  for (const name of ["heard_again", "silent_then_done", "silent_then_lost"]) {
    const closed = postOf(story(name), "silent-");
    expect([closed.mentions, actionsOf(closed)]).toEqual([[], []]);
    expect(closed.text).toContain("Settled: this prompt is closed");
  }
});
