import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import { AppError } from "#src/kernel/app-error.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { decide } from "#src/upgrade/decide.ts";
import type { Accepted } from "#src/upgrade/desk.ts";
import { eventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import { actorSchema } from "#src/upgrade/identity.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import { intentSchema } from "#src/upgrade/intents.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { isRunnersTurn, isTurnChanged } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { currentTrace } from "#src/trace.ts";
import { appendAndRing } from "./bell.ts";
import type { Bell } from "./bell.ts";
import { chainStart, seal } from "./chain.ts";
import { codeOf, constraintOf } from "./database.ts";
import { appendEvents, isRecorded, lookFrom } from "./event-rows.ts";
import type { EventTrace } from "./event-traces.ts";
import { createFoldCache } from "./fold-cache.ts";
import type { Fold } from "./fold-cache.ts";
import type { OnTrouble } from "./listen.ts";
import { createTurns } from "./turns.ts";
import { storable } from "./storable.ts";
import { summarise } from "./summary.ts";

/** One upgrade as it is now: nothing yet, or a fold; and the time by the database's clock. */
interface Loaded {
  readonly fold: Fold | undefined;
  readonly now: Instant;
}

/** The log of all upgrades: load, decide, append. */
export interface UpgradeLog {
  load(id: UpgradeId): Promise<Loaded>;
  /** The fold whose last event has this hash, where it is known here: for looking, as only `load` asks the events. */
  foldedAt(id: UpgradeId, head: string): Upgrade | undefined;
  /** @throws OpenElsewhere when a request would open a second upgrade of an environment or a database. */
  apply(id: UpgradeId, intent: Intent, actor: Actor): Promise<Result<Accepted, Refusal>>;
}

/** Somebody else opened an upgrade of the same environment or database in this moment. */
export class OpenElsewhere extends Error {
  override readonly name = "OpenElsewhere";
}

const cachedUpgrades = 256;
const maxAttempts = 5;
/** Between attempts while the database is away; doubled each time. */
const firstPauseMs = 50;

export interface UpgradeLogOptions {
  readonly pool: Pool;
  /** Replaces the database's clock: for tests. */
  readonly now?: (() => Instant) | undefined;
  /** Rung by appends after which it is a runner's turn; runners themselves need none. */
  readonly bell?: Bell | undefined;
  readonly onTrouble: OnTrouble;
}

export function createUpgradeLog({ pool, now: clock, bell, onTrouble }: UpgradeLogOptions): UpgradeLog {
  const cache = createFoldCache(cachedUpgrades);
  // Writers of one process take turns, so that only other processes can be in the way.
  const takeTurns = createTurns();

  async function load(id: UpgradeId): Promise<Loaded> {
    const known = cache.get(id);
    const look = await lookFrom(pool, id, known?.upgrade.version ?? 0);
    const now = clock?.() ?? look.now;
    if (known !== undefined && look.anchor !== known.head) {
      // A database that was restored to an earlier state has another event there: the fold is worth nothing then.
      cache.forget(id);
      return load(id);
    }
    const fold = foldOn(id, known, look.events);
    if (fold !== undefined) cache.put(fold);
    return { fold, now };
  }

  async function apply(id: UpgradeId, rawIntent: Intent, rawActor: Actor): Promise<Result<Accepted, Refusal>> {
    // Cleaned before anything is decided, so that every digest is taken of exactly what is stored.
    const intent = intentSchema.parse(storable(rawIntent));
    const actor = actorSchema.parse(storable(rawActor));
    /** Sent on connections that broke: nobody knows yet whether they were recorded. */
    const unconfirmed: Draft[] = [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const confirmed = await findRecorded(unconfirmed);
        if (confirmed !== undefined) return ok(confirmed.accepted);
        return await decideAndAppend({ id, intent, actor }, unconfirmed);
      } catch (cause) {
        const problem = classify(cause, intent.intent);
        if (problem.kind === "refused") return no(problem.refusal);
        if (problem.kind === "error") throw problem.error;
        if (attempt === maxAttempts) throw problem.kind === "conflict" ? tooBusy(id, cause) : cause;
        if (problem.kind === "unreachable") await delay(firstPauseMs * 2 ** (attempt - 1));
      }
    }
  }

  async function decideAndAppend(
    { id, intent, actor }: { readonly id: UpgradeId; readonly intent: Intent; readonly actor: Actor },
    unconfirmed: Draft[],
  ): Promise<Result<Accepted, Refusal>> {
    const { fold, now } = await load(id);
    const decision = decide(fold?.upgrade, intent, { upgradeId: id, now });
    if (!decision.ok) return decision;
    if (decision.value.length === 0 && fold !== undefined) return ok({ upgrade: fold.upgrade, recorded: [] });
    const draft = draftOn(fold, { id, now, actor }, decision.value);
    try {
      await append(draft, fold?.upgrade, now);
    } catch (cause) {
      if (isAway(cause)) unconfirmed.push(draft);
      throw cause;
    }
    cache.put({ upgrade: draft.accepted.upgrade, head: draft.head.hash });
    return ok(draft.accepted);
  }

  async function append({ accepted, head }: Draft, before: Upgrade | undefined, now: Instant): Promise<void> {
    const { upgrade, recorded: events } = accepted;
    const summary = summarise(upgrade, head);
    const trace = traceOf(before, upgrade, now);
    if (bell === undefined || !isRunnersTurn(upgrade, now)) await appendEvents(pool, events, summary, trace);
    else await appendAndRing(pool, { events, summary, upgradeId: upgrade.id, trace }, bell, onTrouble);
  }

  async function findRecorded(drafts: readonly Draft[]): Promise<Draft | undefined> {
    for (const draft of drafts) if (await isRecorded(pool, draft.head)) return draft;
    return undefined;
  }

  function foldedAt(id: UpgradeId, head: string): Upgrade | undefined {
    const known = cache.get(id);
    return known?.head === head ? known.upgrade : undefined;
  }

  return { load, foldedAt, apply: (id, intent, actor) => takeTurns(id, () => apply(id, intent, actor)) };
}

function traceOf(before: Upgrade | undefined, after: Upgrade, now: Instant): EventTrace | undefined {
  const trace = currentTrace();
  return trace === undefined ? undefined : { trace, changesTurn: isTurnChanged(before, after, now) };
}

interface Draft {
  readonly accepted: Accepted;
  readonly head: RecordedEvent;
}

function foldOn(id: UpgradeId, start: Fold | undefined, events: readonly RecordedEvent[]): Fold | undefined {
  let upgrade = start?.upgrade;
  let head = start?.head ?? chainStart(id);
  for (const event of events) {
    if (event.version !== (upgrade?.version ?? 0) + 1 || event.previous !== head) throw broken(event);
    upgrade = evolve(upgrade, event);
    head = event.hash;
  }
  return upgrade === undefined ? undefined : { upgrade, head };
}

function draftOn(
  fold: Fold | undefined,
  { id, now, actor }: { readonly id: UpgradeId; readonly now: Instant; readonly actor: Actor },
  events: readonly UpgradeEvent[],
): Draft {
  const recorded: RecordedEvent[] = [];
  let upgrade = fold?.upgrade;
  let previous = fold?.head ?? chainStart(id);
  let head: RecordedEvent | undefined;
  for (const raw of events) {
    const event = eventSchema.parse(storable(raw));
    head = seal({ upgradeId: id, version: (upgrade?.version ?? 0) + 1, at: now, actor, event, previous });
    upgrade = evolve(upgrade, head);
    previous = head.hash;
    recorded.push(head);
  }
  if (upgrade === undefined || head === undefined) throw new Error(`no event was decided for the new upgrade ${id}`);
  return { accepted: { upgrade, recorded }, head };
}

type Problem =
  | { readonly kind: "conflict" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "error"; readonly error: unknown };

function classify(cause: unknown, asked: Intent["intent"]): Problem {
  if (isAway(cause)) return { kind: "unreachable" };
  const code = codeOf(cause);
  if (code === "KU001") return { kind: "refused", refusal: lockNotHeld };
  if (code === "KU002") return { kind: "refused", refusal: lockMoved };
  if (code === "KU003") return { kind: "refused", refusal: reviewMissing };
  // Serialisation failure and deadlock: the transaction did not happen, the next attempt looks anew.
  if (code === "40001" || code === "40P01") return { kind: "conflict" };
  if (code !== "23505") return { kind: "error", error: cause };
  const constraint = constraintOf(cause);
  if (constraint === "event_pkey" || constraint === "upgrade_pkey") return { kind: "conflict" };
  // Only a request can be answered with what is in its way; a start under a lock that is not whole is refused.
  if (constraint === "upgrade_one_lock_per_database" && asked !== "request")
    return { kind: "refused", refusal: databaseNotHeld };
  if (constraint === "step_claim_pkey") return { kind: "refused", refusal: claimedAlready };
  const isOpenElsewhere = constraint?.startsWith("upgrade_") === true;
  return { kind: "error", error: isOpenElsewhere ? new OpenElsewhere("another upgrade is open", { cause }) : cause };
}

function isAway(cause: unknown): boolean {
  return cause instanceof AppError && cause.code === "database_unreachable";
}

const lockNotHeld = refuse(
  "conflict",
  "The lock of this environment is not held by this upgrade, so no step of it may start.",
  "Look at `/kong-upgrade status`: the environment or its database belongs to another upgrade.",
);
const databaseNotHeld = refuse(
  "conflict",
  "A database that this environment uses is held by another upgrade, so nothing of this one may start.",
  "`/kong-upgrade where` tells which one.",
);
const lockMoved = refuse(
  "conflict",
  "The lock of this environment was taken anew since this start was permitted, so the permission is void.",
  "Nothing to do: the approvers are looked up again under the new lock.",
);
const reviewMissing = refuse(
  "review_needed",
  "The last upgrade of this environment ran a step without its approval, and nobody has reviewed that yet.",
  "Somebody who had no part in it reviews it first: `/kong-upgrade review`.",
);
const claimedAlready = refuse(
  "conflict",
  "This attempt of the step was already claimed by a runner.",
  "Nothing to do.",
);

function tooBusy(id: UpgradeId, cause: unknown): AppError {
  return new AppError(
    "record_conflict",
    `${id} was changed by others ${maxAttempts} times while this was being decided; nothing was recorded, try again`,
    { cause },
  );
}

function broken({ upgradeId, version }: RecordedEvent): AppError {
  return new AppError(
    "record_invalid",
    `event ${version} of ${upgradeId} does not follow the one before it: the record was changed behind our back; verify it with \`kong-upgrade verify\` before going on`,
  );
}
