import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { openRecord } from "#src/record/record.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import { standingOf } from "#src/serve/standing-of.ts";
import { whyNotGenuine } from "#src/signing/genuine-standing.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { EventOf, RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { appendAfter } from "#test/src/run/append-after.ts";
import { appendRaw } from "#test/src/run/seed-upgrade.ts";
import { createDatabase } from "#test/support/database.ts";
import { Story, id, request } from "#test/support/given.ts";
import { alice, carol, dave, erin, frank, inSlack, sampleFacts } from "#test/support/samples.ts";

const replica = { kind: "bot", replica: "test" } as const;

/** A record at the gate of its first irreversible step, and the Slack side's way into it. */
interface Stage extends AsyncDisposable {
  readonly record: Desk;
  readonly keys: KeyRing;
  say(intent: Spoken): Promise<void>;
  vote(voter: Person, over?: Partial<Extract<Spoken, { intent: "vote" }>>): Promise<void>;
  gate(): Promise<{ readonly approval: ApprovalRequest; readonly stepId: string; readonly attempt: number }>;
  /** Writes an event past the Slack side, with a right chain. */
  forge(...events: readonly UpgradeEvent[]): Promise<void>;
  events(): Promise<readonly RecordedEvent[]>;
  /** What the conductor would have signed now, once changed like this; undefined where it is not signed. */
  sign(
    change?: (standing: SignedStanding) => Partial<SignedStanding>,
    keys?: KeyRing,
  ): Promise<SignedStanding | undefined>;
  alarms(): Promise<readonly string[]>;
}
type Spoken = Exclude<Intent, { intent: "request" }>;

async function openStage(policy = request.environment.policies.irreversible): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const record = stack.use(await openRecord({ url: database.url }));
  const story = new Story();
  story.now = instantOf(Date.now());
  story
    .must({
      ...request,
      environment: { ...request.environment, policies: { irreversible: policy } },
    })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  await appendRaw(database.url, id, story.events);
  const keys = soleKey(generateKey());
  const desk = sealingDesk(record, keys, () => instantOf(Date.now()));
  const say: Stage["say"] = async (intent) => {
    const told = await desk.submit(id, intent, replica);
    if (!told.ok) throw new Error(told.problem.sentence);
  };
  const gate: Stage["gate"] = async () => {
    const upgrade = await record.find(id);
    const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
    if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
    return { approval: current.progress.approval, stepId: current.step.id, attempt: current.progress.attempt };
  };
  const events = () => record.events(id, 0);
  const owned = stack.move();
  return {
    record,
    keys,
    say,
    gate,
    events,
    vote: async (voter, over = {}) => {
      const { approval, stepId, attempt } = await gate();
      const { digest } = approval;
      await say({ intent: "vote", stepId, attempt, voter, decision: "approve", digest, ...over });
    },
    forge: (...forged) => appendAfter(database.url, record, id, forged),
    sign: async (change = () => ({}), ring = keys) => {
      const { approval, ...ref } = await gate();
      const frame = { upgradeId: id, environment: "practice", ...ref, checkedAt: instantOf(Date.now()), fence: "1" };
      const standing = standingOf(approval, [alice, carol, dave, erin, frank], frame);
      if (standing === undefined) throw new Error("nothing is granted");
      const sign = signingOfSealed(record, ring, replica);
      const version = (await events()).length;
      const envelope = await sign({ ...standing, ...change(standing) }, version);
      const opened = envelope && verifyStanding(envelope, ring.trusted);
      return opened?.ok === true ? opened.value : undefined;
    },
    alarms: async () => (await events()).flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : [])),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The votes of carol and erin, as sealed as they come. */
async function granted(policy?: ApprovalRequest["policy"]): Promise<Stage> {
  const stage = await openStage(policy);
  await stage.vote(carol);
  await stage.vote(erin);
  return stage;
}

async function lastOf<Type extends UpgradeEvent["type"]>(stage: Stage, type: Type): Promise<EventOf<Type>> {
  const isIt = (event: UpgradeEvent): event is EventOf<Type> => event.type === type;
  const found = (await stage.events()).map(({ event }) => event).filter(isIt);
  const last = found.at(-1);
  if (last === undefined) throw new Error(`no ${type}`);
  return last;
}

test("votes that came through Slack are signed together", async () => {
  await using stage = await granted();
  expect((await stage.sign())?.approvals.map(({ userId }) => userId)).toEqual([carol.userId, erin.userId]);
  expect(await stage.alarms()).toEqual([]);
});

test("votes with words that the record cannot hold as they are, are signed all the same", async () => {
  await using stage = await openStage();
  await stage.vote(carol, { reason: "nul \u0000 and a lone \uD800" });
  await stage.vote(erin);
  expect(await stage.sign()).toBeDefined();
});

test("T15: votes written into the database by another way are not signed; the thread gets one alarm", async () => {
  await using stage = await openStage();
  const { approval, stepId, attempt } = await stage.gate();
  const { digest } = approval;
  const at = instantOf(Date.now());
  const ballots = [carol, erin].map((voter) => ({ voter, decision: "approve" as const, digest, at }));
  await stage.forge(...ballots.map((ballot) => ({ type: "ballot_cast" as const, stepId, attempt, ballot })), {
    type: "approval_granted",
    stepId,
    attempt,
    digest,
    approvedBy: [carol.userId, erin.userId],
  });

  expect(await stage.sign()).toBeUndefined();
  expect(await stage.sign()).toBeUndefined();

  expect(await stage.alarms()).toEqual([
    expect.stringMatching(/was not signed .* no vote of U0CAROL01, U0ERIN001 came/u),
  ]);
});

test.each<readonly [string, (standing: SignedStanding) => Partial<SignedStanding>]>([
  ["step", () => ({ stepId: "decommission" })],
  ["attempt", ({ attempt }) => ({ attempt: attempt + 1 })],
  ["digest", () => ({ digest: `sha256:${"0".repeat(64)}` })],
  ["person", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, userId: dave.userId })) })],
  ["proof of presence", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, stepUp: "totp" })) })],
  ["moment", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, at: addMs(vote.at, 1_000) })) })],
  [
    "represented person",
    ({ approvals }) => ({
      approvals: approvals.map((vote) => ({
        ...vote,
        onBehalfOf: [{ userId: dave.userId, human: "dave", groups: [] }],
      })),
    }),
  ],
])("T15: a vote cannot be used for another %s", async (_, change) => {
  await using stage = await granted();
  expect(await stage.sign(change)).toBeUndefined();
});

test("T33: a seal of another installation counts for nothing, and one of an earlier key does while that is trusted", async () => {
  await using stage = await granted();
  const other = generateKey();
  expect(await stage.sign(undefined, soleKey(other))).toBeUndefined();
  const rotated = { signing: other, trusted: [other.publicKey, ...stage.keys.trusted] };
  expect(await stage.sign(undefined, rotated)).toBeDefined();
});

test("T15: the sealed vote of somebody who took it back does not count again when it is copied", async () => {
  await using stage = await granted();
  const cast = await lastOf(stage, "ballot_cast");
  const { stepId, attempt } = cast;
  const { digest } = cast.ballot;
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: erin, digest });
  await stage.forge(cast, {
    type: "approval_granted",
    stepId,
    attempt,
    digest,
    approvedBy: [carol.userId, erin.userId],
  });
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/no vote of U0ERIN001 came through Slack/u)]);
});

type Ballot = EventOf<"ballot_cast">["ballot"];
type Vote = SignedStanding["approvals"][number];

test.each<readonly [string, (ballot: Ballot) => Ballot, (vote: Vote) => Partial<Vote>]>([
  ["a better proof of presence", (ballot) => ({ ...ballot, stepUp: "totp" }), () => ({ stepUp: "totp" })],
  ["other words", (ballot) => ({ ...ballot, reason: "I have looked at it" }), () => ({})],
  [
    "somebody else's place",
    (ballot) => ({ ...ballot, onBehalfOf: [dave] }),
    () => ({ onBehalfOf: [{ userId: dave.userId, human: dave.userId, groups: dave.groups }] }),
  ],
  [
    "another hour",
    (ballot) => ({ ...ballot, at: addMs(ballot.at, 3_600_000) }),
    ({ at }) => ({ at: addMs(at, 3_600_000) }),
  ],
  ["another voter", (ballot) => ({ ...ballot, voter: dave }), () => ({ userId: dave.userId, human: dave.userId })],
])("T15: a vote that was edited in the table to have %s is not genuine", async (_, edit, change) => {
  await using stage = await granted();
  const standing = await stage.sign();
  if (standing === undefined) throw new Error("not signed");
  const isErins = ({ event }: RecordedEvent) =>
    event.type === "ballot_cast" && event.ballot.voter.userId === erin.userId;
  const events = await stage.events();
  const edited = events.map((each) =>
    isErins(each) && each.event.type === "ballot_cast"
      ? { ...each, event: { ...each.event, ballot: edit(each.event.ballot) } }
      : each,
  );
  const changed = {
    ...standing,
    approvals: standing.approvals.map((vote) => (vote.userId === erin.userId ? { ...vote, ...change(vote) } : vote)),
  };
  expect(whyNotGenuine(standing, events, stage.keys.trusted)).toBeUndefined();
  expect(whyNotGenuine(changed, edited, stage.keys.trusted)).toMatch(/no vote of \w+ came through Slack/u);
});

test("T22: votes of one upgrade that were copied into another are not genuine there", async () => {
  await using stage = await granted();
  const standing = await stage.sign();
  if (standing === undefined) throw new Error("not signed");
  const elsewhere = { ...standing, upgradeId: "KU-2026-0002" as const };
  expect(whyNotGenuine(elsewhere, await stage.events(), stage.keys.trusted)).toMatch(/no vote of/u);
});

test("somebody who took a vote back and voted again counts", async () => {
  await using stage = await granted();
  const { approval, stepId, attempt } = await stage.gate();
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: erin, digest: approval.digest });
  await stage.vote(erin);
  expect(await stage.sign()).toBeDefined();
});

const patient = { ...request.environment.policies.irreversible, denyThreshold: 2 };

test("T15: a rejection that only the database took back is not left out, one that was taken back in Slack is", async () => {
  await using stage = await granted(patient);
  await stage.vote(dave, { decision: "reject", reason: "not tonight" });
  const { approval, stepId, attempt } = await stage.gate();
  const { digest } = approval;
  expect((await stage.sign())?.rejectedBy).toEqual([dave.userId]);
  await stage.forge(
    { type: "ballot_withdrawn", stepId, attempt, by: dave, digest },
    { type: "approval_granted", stepId, attempt, digest, approvedBy: [carol.userId, erin.userId] },
  );
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/the rejection of U0DAVE001 is missing/u)]);
});

test("a rejection that was taken back in Slack is gone", async () => {
  await using stage = await granted(patient);
  await stage.vote(dave, { decision: "reject", reason: "not tonight" });
  const { approval, stepId, attempt } = await stage.gate();
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: dave, digest: approval.digest });
  expect((await stage.sign())?.rejectedBy).toEqual([]);
});

/** Frank is an operator and votes in carol's place. */
async function delegated(stage: Stage, isSealed: "sealed" | "forged"): Promise<void> {
  const until = instantOf(Date.now() + 3_600_000);
  if (isSealed === "sealed") await stage.say({ intent: "delegate_vote", from: carol, to: frank, until });
  else await stage.forge({ type: "vote_delegated", from: carol, to: frank, until });
  await stage.vote(frank, { onBehalfOf: [carol] });
  await stage.vote(erin);
}

const withFrank = {
  ...request.environment.policies.irreversible,
  escalations: [{ afterMs: 60_000, users: [frank.userId], groups: [] }],
};

test("a vote in the place of somebody who asked for that in Slack is signed as such", async () => {
  await using stage = await openStage(withFrank);
  await delegated(stage, "sealed");
  const [first] = (await stage.sign())?.approvals ?? [];
  expect(first).toMatchObject({ userId: frank.userId, onBehalfOf: [{ userId: carol.userId }] });
});

test("T15: a delegation that was only written into the database makes nobody an approver", async () => {
  await using stage = await openStage(withFrank);
  await delegated(stage, "forged");
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/no vote of U0FRANK01 came through Slack/u)]);
});

const breakable = { ...request.environment.policies.irreversible, breakGlass: [erin.userId] };

async function breakGlass(stage: Stage): Promise<void> {
  const { approval, stepId, attempt } = await stage.gate();
  const words = { reason: "orders fail", incident: "INC-4711", stepUp: "confirm", skipped: [carol.userId] } as const;
  await stage.say({ intent: "break_glass", stepId, attempt, digest: approval.digest, person: erin, ...words });
}

test("a glass that was broken in Slack is signed with its reason and incident", async () => {
  await using stage = await openStage(breakable);
  await breakGlass(stage);
  expect((await stage.sign())?.brokenGlass).toMatchObject({ userId: erin.userId, incident: "INC-4711" });
});

test.each<readonly [string, Partial<NonNullable<SignedStanding["brokenGlass"]>>]>([
  ["person", { userId: carol.userId }],
  ["reason", { reason: "none" }],
  ["incident", { incident: "INC-1" }],
  ["proof of presence", { stepUp: "totp" }],
])("a broken glass cannot be passed off with another %s", async (_, change) => {
  await using stage = await openStage(breakable);
  await breakGlass(stage);
  const forged = await stage.sign(
    ({ brokenGlass }) => (brokenGlass && { brokenGlass: { ...brokenGlass, ...change } }) ?? {},
  );
  expect(forged).toBeUndefined();
});

test("T15: a glass that was only broken in the database is not signed", async () => {
  await using stage = await openStage(breakable);
  const { approval, stepId, attempt } = await stage.gate();
  await stage.forge({
    type: "glass_broken",
    stepId,
    attempt,
    digest: approval.digest,
    by: erin,
    reason: "orders fail",
    incident: "INC-4711",
    stepUp: "totp",
    skipped: [],
    expiresAt: instantOf(Date.now() + 60_000),
  });
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/the glass was not broken in Slack by U0ERIN001/u)]);
});
