import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import { standingOf } from "#src/serve/standing-of.ts";
import { whyNotGenuine } from "#src/signing/genuine-standing.ts";
import { sealDeed } from "#src/signing/seal.ts";
import type { Deed } from "#src/signing/seal.ts";
import type { EventOf, RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { id, request } from "#test/support/given.ts";
import { bob, carol, dave, erin, frank } from "#test/support/samples.ts";
import { openStage } from "./sealed-stage.ts";
import type { Stage } from "./sealed-stage.ts";

/** Frank may vote in carol's place; two rejections end it, so that one stands beside what is granted. */
const policy = {
  ...request.environment.policies.irreversible,
  denyThreshold: 2,
  breakGlass: [frank.userId],
  escalations: [{ afterMs: 60_000, users: [frank.userId], groups: [] }],
};

interface Genuine {
  readonly stage: Stage;
  readonly standing: SignedStanding;
  readonly events: readonly RecordedEvent[];
  readonly about: Pick<EventOf<"ballot_withdrawn">, "stepId" | "attempt" | "digest">;
}

/** What the Slack side signs after these clicks, and the record of them. */
async function genuine(clicks: (stage: Stage, about: Genuine["about"]) => Promise<void>): Promise<Genuine> {
  const stage = await openStage(policy);
  const { approval, stepId, attempt } = await stage.gate();
  const about = { stepId, attempt, digest: approval.digest };
  await clicks(stage, about);
  const standing = await stage.sign();
  if (standing === undefined) throw new Error(`not signed: ${(await stage.alarms()).join()}`);
  return { stage, standing, events: await stage.events(), about };
}

const hourMs = 3_600_000;
const bot = { kind: "bot", replica: "test" } as const;

async function delegated(stage: Stage): Promise<void> {
  await stage.say({ intent: "delegate_vote", from: carol, to: frank, until: instantOf(Date.now() + hourMs) });
  await stage.vote(frank, { onBehalfOf: [carol] });
  await stage.vote(erin);
}

/** The record with each event of a kind changed, as somebody would do who writes into the table. */
function edited<Type extends UpgradeEvent["type"]>(
  events: readonly RecordedEvent[],
  type: Type,
  change: (event: EventOf<Type>) => UpgradeEvent,
): readonly RecordedEvent[] {
  const isIt = (event: UpgradeEvent): event is EventOf<Type> => event.type === type;
  return events.map((each) => (isIt(each.event) ? { ...each, event: change(each.event) } : each));
}

/** One more event behind the others. */
function extended(events: readonly RecordedEvent[], event: UpgradeEvent): readonly RecordedEvent[] {
  const last = events.at(-1);
  if (last === undefined) throw new Error("an empty record");
  return [...events, { ...last, version: last.version + 1, event }];
}

function votedAt({ userId }: Person, at: Instant): SignedStanding["approvals"][number] {
  return { userId, human: userId, groups: ["S0APPROVE"], stepUp: "none", at, onBehalfOf: [] };
}

test("T15: a rejection that was turned into an approval in the table is not genuine", async () => {
  const { stage, standing, events } = await genuine(async (open) => {
    await open.vote(dave, { decision: "reject", reason: "not tonight" });
    await open.vote(carol);
    await open.vote(erin);
  });
  await using _ = stage;
  const keys = stage.keys.trusted;
  expect(whyNotGenuine(standing, events, keys)).toBeUndefined();
  const turned = edited(events, "ballot_cast", (event) => ({
    ...event,
    ballot: { ...event.ballot, decision: "approve" },
  }));
  const davesAt = events.flatMap(({ event }) =>
    event.type === "ballot_cast" && event.ballot.voter.userId === dave.userId ? [event.ballot.at] : [],
  );
  const withDave = [...standing.approvals, ...davesAt.map((at) => votedAt(dave, at))];
  expect(whyNotGenuine({ ...standing, approvals: withDave, rejectedBy: [] }, turned, keys)).toMatch(
    /no vote of U0DAVE001 came through Slack/u,
  );
});

test("T15: a withdrawal counts for one rejection, by the one who withdrew", async () => {
  const { stage, standing, events } = await genuine(async (open, ref) => {
    const no = { decision: "reject", reason: "not tonight" } as const;
    await open.vote(dave, no);
    await open.say({ intent: "withdraw_vote", ...ref, voter: dave });
    await open.vote(dave, no);
    await open.vote(carol);
    await open.say({ intent: "withdraw_vote", ...ref, voter: carol });
    await open.vote(carol);
    await open.vote(erin);
  });
  await using _ = stage;
  const keys = stage.keys.trusted;
  expect(standing.rejectedBy).toEqual([dave.userId]);
  const silent = { ...standing, rejectedBy: [] };
  const withdrawals = events.flatMap(({ event }) => (event.type === "ballot_withdrawn" ? [event] : []));
  const [davesOwn, carols] = withdrawals;
  if (davesOwn === undefined || carols === undefined) throw new Error("nobody withdrew");
  // The same withdrawal once more, behind the second rejection.
  expect(whyNotGenuine(silent, extended(events, davesOwn), keys)).toMatch(/the rejection of U0DAVE001 is missing/u);
  // Carol's, passed off as his.
  const passedOff = edited(events, "ballot_withdrawn", (event) => (event === carols ? { ...event, by: dave } : event));
  expect(whyNotGenuine(silent, passedOff, keys)).toMatch(/the rejection of U0DAVE001 is missing/u);
});

test("T15: a sealed delegation is good for the people, the time and the upgrade that it names", async () => {
  const { stage, standing, events, about } = await genuine(delegated);
  await using _ = stage;
  const keys = stage.keys.trusted;
  const franks = /no vote of U0FRANK01 came through Slack/u;
  const resealed = (over: Partial<Extract<Deed, { kind: "delegation" }>>) =>
    edited(events, "vote_delegated", (event) => {
      const { from, to, until } = event;
      const deed = { kind: "delegation", upgradeId: id, personId: from.userId, to: to.userId, until, ...over } as const;
      return { ...event, seal: sealDeed(deed, until, stage.keys.signing) };
    });
  expect(whyNotGenuine(standing, resealed({}), keys)).toBeUndefined();
  expect(whyNotGenuine(standing, resealed({ upgradeId: "KU-2026-0099" }), keys)).toMatch(franks);
  expect(whyNotGenuine(standing, resealed({ to: bob.userId }), keys)).toMatch(franks);
  expect(whyNotGenuine(standing, resealed({ personId: dave.userId }), keys)).toMatch(franks);
  const longer = edited(events, "vote_delegated", (event) => ({ ...event, until: addMs(event.until, hourMs) }));
  expect(whyNotGenuine(standing, longer, keys)).toMatch(franks);
  const other = edited(events, "vote_delegated", (event) => ({ ...event, to: bob }));
  expect(whyNotGenuine(standing, other, keys)).toMatch(franks);
  // A vote of a minute after its end, sealed as that.
  const late = addMs(instantOf(Date.now() + hourMs), 60_000);
  const lateVote = edited(events, "ballot_cast", (event) => {
    const { voter, onBehalfOf } = event.ballot;
    if (voter.userId !== frank.userId) return event;
    const names = (onBehalfOf ?? []).map(({ userId }) => userId);
    const said = { decision: "approve", stepUp: "none", onBehalfOf: names, reason: null } as const;
    const deed = { kind: "vote", upgradeId: id, ...about, personId: voter.userId, ...said } as const;
    return { ...event, ballot: { ...event.ballot, at: late }, seal: sealDeed(deed, late, stage.keys.signing) };
  });
  const approvals = standing.approvals.map((vote) => (vote.userId === frank.userId ? { ...vote, at: late } : vote));
  expect(whyNotGenuine({ ...standing, approvals }, lateVote, keys)).toMatch(franks);
});

test("T15: somebody in whose place the click did not vote is not added in the table, whatever was handed on", async () => {
  const { stage, standing, events } = await genuine(async (open) => {
    await open.say({ intent: "delegate_vote", from: carol, to: dave, until: instantOf(Date.now() + hourMs) });
    await open.vote(dave);
    await open.vote(erin);
  });
  await using _ = stage;
  const isDaves = (userId: string): boolean => userId === dave.userId;
  const added = edited(events, "ballot_cast", (event) =>
    isDaves(event.ballot.voter.userId) ? { ...event, ballot: { ...event.ballot, onBehalfOf: [carol] } } : event,
  );
  const inCarolsPlace = [{ userId: carol.userId, human: carol.userId, groups: carol.groups }];
  const approvals = standing.approvals.map((vote) =>
    isDaves(vote.userId) ? { ...vote, onBehalfOf: inCarolsPlace } : vote,
  );
  const { trusted } = stage.keys;
  expect(whyNotGenuine(standing, events, trusted)).toBeUndefined();
  expect(whyNotGenuine({ ...standing, approvals }, added, trusted)).toMatch(/no vote of U0DAVE001 came/u);
});

test("T15: a broken glass that was voided is not signed for any more", async () => {
  const { stage, standing, events, about } = await genuine(async (open, ref) => {
    const words = { reason: "orders fail", incident: "INC-4711", stepUp: "confirm", skipped: [] } as const;
    await open.say({ intent: "break_glass", ...ref, person: frank, ...words });
  });
  await using _ = stage;
  const { stepId, attempt } = about;
  const voided = extended(events, { type: "approval_voided", stepId, attempt, people: [frank], reason: "is_guest" });
  expect(whyNotGenuine(standing, events, stage.keys.trusted)).toBeUndefined();
  expect(whyNotGenuine(standing, voided, stage.keys.trusted)).toMatch(
    /the glass was not broken in Slack by U0FRANK01/u,
  );
});

test("a vote that came after a standing was made is no evidence for it", async () => {
  const { stage, standing, events } = await genuine(async (open) => {
    await open.vote(carol);
    await open.vote(erin);
  });
  await using _ = stage;
  const sign = signingOfSealed(stage.record, stage.keys, { actor: bot, now: () => instantOf(Date.now()) });
  const erins = events.find(({ event }) => event.type === "ballot_cast" && event.ballot.voter.userId === erin.userId);
  const version = erins?.version ?? 0;
  expect(await sign(standing, { events, version })).toBeDefined();
  expect(await sign(standing, { events, version: version - 1 })).toBeUndefined();
});

test("T23: a bot whose clock is wrong signs nothing, and says that instead of accusing somebody", async () => {
  await using stage = await openStage(policy);
  const now = () => instantOf(Date.now() + 2 * hourMs);
  const desk = sealingDesk(stage.record, stage.keys, now);
  const { approval, stepId, attempt } = await stage.gate();
  const { digest } = approval;
  for (const voter of [carol, erin])
    await desk.submit(id, { intent: "vote", stepId, attempt, voter, decision: "approve", digest }, bot);
  const { approval: granted, ...ref } = await stage.gate();
  const frame = { upgradeId: id, environment: "practice", ...ref, checkedAt: instantOf(Date.now()), fence: "1" };
  const standing = standingOf(granted, [carol, erin], frame);
  if (standing === undefined) throw new Error("nothing is granted");
  const events = await stage.events();
  const sign = signingOfSealed(stage.record, stage.keys, { actor: bot, now });
  expect(await sign(standing, { events, version: events.length })).toBeUndefined();
  expect(await stage.alarms()).toEqual([
    expect.stringMatching(/nothing runs: the clock of the bot's machine and the database's are more than 5m apart/u),
  ]);
});
