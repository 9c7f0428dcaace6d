import type { Person } from "#approvals/person.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { openRecord } from "#src/record/record.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import { standingOf } from "#src/serve/standing-of.ts";
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
export interface Stage extends AsyncDisposable {
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
export type Spoken = Exclude<Intent, { intent: "request" }>;

export async function openStage(policy = request.environment.policies.irreversible): Promise<Stage> {
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
      const sign = signingOfSealed(record, ring, { actor: replica, now: () => instantOf(Date.now()) });
      const seen = await events();
      const envelope = await sign({ ...standing, ...change(standing) }, { events: seen, version: seen.length });
      const opened = envelope && verifyStanding(envelope, ring.trusted);
      return opened?.ok === true ? opened.value : undefined;
    },
    alarms: async () => (await events()).flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : [])),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** The votes of carol and erin, as sealed as they come. */
export async function granted(policy?: ApprovalRequest["policy"]): Promise<Stage> {
  const stage = await openStage(policy);
  await stage.vote(carol);
  await stage.vote(erin);
  return stage;
}

export async function lastOf<Type extends UpgradeEvent["type"]>(stage: Stage, type: Type): Promise<EventOf<Type>> {
  const isIt = (event: UpgradeEvent): event is EventOf<Type> => event.type === type;
  const found = (await stage.events()).map(({ event }) => event).filter(isIt);
  const last = found.at(-1);
  if (last === undefined) throw new Error(`no ${type}`);
  return last;
}
