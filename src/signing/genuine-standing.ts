import { identitiesOf, isAmong } from "#approvals/person.ts";
import { epochMsOf, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Envelope, EventOf, EventType, RecordedEvent } from "#src/upgrade/events.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { openSeal, wordsDigest } from "./seal.ts";
import type { PublicKey } from "./signing-key.ts";

/** Clocks of bot and database may differ by so much, and the write takes its time. */
export const sealToleranceMs = 5 * 60_000;

/**
 * Whether everything that a standing says was done in Slack: every vote and every broken glass is sealed exactly as it
 * says, none of them was taken back, no seal is used twice, who votes for somebody else was really asked to, and no sealed
 * rejection was taken out. `rejectedBy` is whose rejection is counted: that of the standing, or of a later moment. The
 * answer is what is wrong, as half a sentence; undefined where nothing is.
 */
export function whyNotGenuine(
  standing: SignedStanding,
  events: readonly RecordedEvent[],
  keys: readonly PublicKey[],
  rejectedBy: readonly string[] = standing.rejectedBy ?? [],
): string | undefined {
  const evidence = evidenceOf(standing, events, keys);
  const missing = standing.approvals.filter((vote) => !isSealedVote(vote, evidence)).map(({ userId }) => userId);
  if (missing.length > 0) return `no vote of ${missing.join(", ")} came through Slack as the record tells it`;
  const { brokenGlass } = standing;
  if (brokenGlass !== undefined && !isSealedGlass(brokenGlass, evidence))
    return `the glass was not broken in Slack by ${brokenGlass.userId} as the record tells it`;
  const silenced = rejectersOf(evidence).filter((userId) => !rejectedBy.includes(userId));
  return silenced.length === 0
    ? undefined
    : `the rejection of ${silenced.join(", ")} is missing, although nobody took it back in Slack`;
}

/** The events since the request was made, with a right to believe those that are sealed for the first time. */
interface Evidence {
  readonly standing: SignedStanding;
  readonly events: readonly RecordedEvent[];
  readonly keys: readonly PublicKey[];
  /** Number of the first event that shows a seal. */
  readonly firstShown: ReadonlyMap<string, number>;
}

function evidenceOf(standing: SignedStanding, events: readonly RecordedEvent[], keys: readonly PublicKey[]): Evidence {
  const firstShown = new Map<string, number>();
  for (const { version, event } of events) {
    const seal = sealOf(event);
    if (seal !== undefined && !firstShown.has(bytesOf(seal))) firstShown.set(bytesOf(seal), version);
  }
  return { standing, events, keys, firstShown };
}

/** One text for equal bytes: base64 can be written in several ways. */
function bytesOf({ payload }: Envelope): string {
  return Buffer.from(payload, "base64").toString("hex");
}

function sealOf(event: RecordedEvent["event"]): Envelope | undefined {
  return "seal" in event ? event.seal : undefined;
}

type Vote = SignedStanding["approvals"][number];

function isSealedVote(vote: Vote, evidence: Evidence): boolean {
  const { standing } = evidence;
  const after = lastGone([vote.userId, vote.human], evidence);
  const represented = vote.onBehalfOf.map(({ userId }) => userId);
  return ofGate("ballot_cast", evidence).some((recorded) => {
    const { ballot } = recorded.event;
    const told = (ballot.onBehalfOf ?? []).map(({ userId }) => userId);
    return (
      recorded.version > after &&
      ballot.voter.userId === vote.userId &&
      ballot.decision === "approve" &&
      ballot.digest === standing.digest &&
      ballot.at === vote.at &&
      (ballot.stepUp ?? "none") === vote.stepUp &&
      isSame(told, represented) &&
      isVoteSealed(recorded, evidence) &&
      represented.every((userId) => isDelegated(userId, recorded, evidence))
    );
  });
}

/** Whether a recorded vote is, word for word, what was sealed at the click. */
function isVoteSealed({ version, event }: Recorded<"ballot_cast">, evidence: Evidence): boolean {
  const { ballot } = event;
  const opened = openSeal("vote", event.seal, evidence.keys);
  if (opened === undefined || !isFresh(event.seal, version, evidence)) return false;
  const { deed, at } = opened;
  return (
    isOfGate(deed, evidence) &&
    deed.personId === ballot.voter.userId &&
    deed.decision === ballot.decision &&
    deed.stepUp === (ballot.stepUp ?? "none") &&
    deed.reason === (ballot.reason === undefined ? null : wordsDigest(ballot.reason)) &&
    // A delegation that had just ended is left out of the vote; none is ever added.
    (ballot.onBehalfOf ?? []).every(({ userId }) => deed.onBehalfOf.includes(userId)) &&
    isNear(at, ballot.at)
  );
}

/** Somebody in whose place another one votes has said so in Slack, and the time was not over. */
function isDelegated(from: string, { version, event }: Recorded<"ballot_cast">, evidence: Evidence): boolean {
  const { voter, at } = event.ballot;
  return ofType("vote_delegated", evidence.events).some(({ version: number, event: told }) => {
    const deed = openSeal("delegation", told.seal, evidence.keys)?.deed;
    return (
      number < version &&
      deed !== undefined &&
      isFresh(told.seal, number, evidence) &&
      deed.upgradeId === evidence.standing.upgradeId &&
      deed.personId === from &&
      deed.to === told.to.userId &&
      isAmong(voter, [deed.to]) &&
      deed.until === told.until &&
      !isAfter(at, deed.until)
    );
  });
}

function isSealedGlass(glass: NonNullable<SignedStanding["brokenGlass"]>, evidence: Evidence): boolean {
  const after = lastGone([glass.userId, glass.human], evidence);
  return ofGate("glass_broken", evidence).some(({ version, at, event }) => {
    const opened = openSeal("broken-glass", event.seal, evidence.keys);
    return (
      version > after &&
      opened !== undefined &&
      isFresh(event.seal, version, evidence) &&
      isOfGate(opened.deed, evidence) &&
      opened.deed.personId === glass.userId &&
      opened.deed.stepUp === glass.stepUp &&
      opened.deed.reason === wordsDigest(glass.reason) &&
      opened.deed.incident === glass.incident &&
      at === glass.at &&
      isNear(opened.at, at)
    );
  });
}

/** Whoever rejected in Slack and did not take that back there; a withdrawal without a seal takes back nothing of the kind. */
function rejectersOf(evidence: Evidence): readonly string[] {
  const rejections = ofGate("ballot_cast", evidence).filter(
    (recorded) => recorded.event.ballot.decision === "reject" && isVoteSealed(recorded, evidence),
  );
  const standing = rejections.filter(({ version, event }) => {
    const { voter } = event.ballot;
    return !ofGate("ballot_withdrawn", evidence).some((later) => {
      const opened = openSeal("withdrawal", later.event.seal, evidence.keys);
      return (
        later.version > version &&
        opened !== undefined &&
        isFresh(later.event.seal, later.version, evidence) &&
        isOfGate(opened.deed, evidence) &&
        opened.deed.personId === later.event.by.userId &&
        isAmong(later.event.by, identitiesOf(voter))
      );
    });
  });
  return [...new Set(standing.map(({ event }) => event.ballot.voter.userId))];
}

/** Number of the last event by which the vote of somebody stopped to count, or by which the request was made. */
function lastGone(names: readonly string[], evidence: Evidence): number {
  const withdrawn = ofGate("ballot_withdrawn", evidence).filter(({ event }) => isAmong(event.by, names));
  const voided = ofGate("approval_voided", evidence).filter(({ event }) =>
    event.people.some((person) => isAmong(person, names)),
  );
  const asked = ofGate("approval_requested", evidence);
  return Math.max(0, ...[...withdrawn, ...voided, ...asked].map(({ version }) => version));
}

interface Recorded<Type extends EventType> {
  readonly version: number;
  readonly at: Instant;
  readonly event: EventOf<Type>;
}

type GateEvent = "ballot_cast" | "ballot_withdrawn" | "glass_broken" | "approval_voided" | "approval_requested";

function ofGate<Type extends GateEvent>(type: Type, { events, standing }: Evidence): readonly Recorded<Type>[] {
  const { stepId, attempt } = standing;
  const ofStep = events.filter(
    ({ event }) => "stepId" in event && event.stepId === stepId && event.attempt === attempt,
  );
  return ofType(type, ofStep);
}

function ofType<Type extends EventType>(type: Type, events: readonly RecordedEvent[]): readonly Recorded<Type>[] {
  return events.flatMap(({ version, at, event }) => (isType(event, type) ? [{ version, at, event }] : []));
}

function isType<Type extends EventType>(event: RecordedEvent["event"], type: Type): event is EventOf<Type> {
  return event.type === type;
}

/** A seal that an earlier event showed already says nothing about this one: somebody copied it. */
function isFresh(seal: Envelope | undefined, version: number, { firstShown }: Evidence): boolean {
  return seal !== undefined && firstShown.get(bytesOf(seal)) === version;
}

function isOfGate(
  deed: Pick<SignedStanding, "upgradeId" | "stepId" | "attempt" | "digest">,
  { standing }: Evidence,
): boolean {
  return (
    deed.upgradeId === standing.upgradeId &&
    deed.stepId === standing.stepId &&
    deed.attempt === standing.attempt &&
    deed.digest === standing.digest
  );
}

/** Whether two clocks told this of one moment, as far as seals need it. */
export function isNear(left: Instant, right: Instant): boolean {
  return Math.abs(epochMsOf(left) - epochMsOf(right)) <= sealToleranceMs;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each));
}
