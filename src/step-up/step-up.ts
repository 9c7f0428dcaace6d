import { randomBytes } from "node:crypto";
import type { ClientBase, Pool } from "pg";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { inTransaction } from "#src/record/database.ts";
import { open, seal } from "./encryption.ts";
import type { SealedSecret } from "./encryption.ts";
import type { StepUpKeys } from "./keys.ts";
import { enrolmentUri, matchingStep, secretForTyping } from "./one-time-code.ts";
import type { Account } from "./one-time-code.ts";
import {
  enrol,
  holdPerson,
  keepPending,
  makePerson,
  readPerson,
  rememberWrong,
  sweepAbandoned,
  takeAway,
  useStep,
} from "./person-row.ts";
import type { PersonRow } from "./person-row.ts";
import { afterWrongCode } from "./wrong-codes.ts";

/** 160 bits, the length that RFC 4226 §4 (R6) recommends. */
const secretBytes = 20;

/** The code was right and is used up now. */
export interface CodeAccepted {
  readonly outcome: "accepted";
}

/** Why a code was not accepted. */
export type CodeRefused =
  | { readonly outcome: "wrong_code"; readonly attemptsLeft: number }
  /** Right, but this code or a later one was accepted before; the app shows a new one within 30 s. */
  | { readonly outcome: "used_already" }
  /** Too many wrong codes; until then no code is looked at, not even a right one. */
  | { readonly outcome: "locked_until"; readonly until: Instant };

/** The person has no confirmed secret. */
export interface NotEnrolled {
  readonly outcome: "not_enrolled";
}

/** A new secret, for the person's own eyes: shown once, never stored in clear text, logged or posted in a channel. */
export interface EnrolmentBegun {
  readonly outcome: "begun";
  /** `otpauth://…`, for a QR code. */
  readonly uri: string;
  /** The same secret in base32, for typing. */
  readonly secret: string;
  /** The first code has to come before. */
  readonly until: Instant;
}

export type EnrolmentState =
  | { readonly state: "none"; readonly reset: { readonly by: string; readonly at: Instant } | undefined }
  | { readonly state: "pending"; readonly until: Instant }
  /** Replacing the secret does not end this: the earlier one counts until the new one is confirmed. */
  | { readonly state: "enrolled"; readonly since: Instant };

/**
 * One-time codes of people (RFC 6238), kept in PostgreSQL, so that limits and used codes hold over replicas and
 * restarts. An identity is any text that is the same for the same human; two accounts of one human share one.
 *
 * Every function throws AppError: `database_unreachable`; `config_invalid` for a secret whose key is not there;
 * `record_invalid` for a secret that was changed in the database. A wrong code is an answer.
 */
export interface StepUp {
  /** Makes a secret that counts once its person confirms it. Beginning again makes a new one and voids the first. */
  readonly begin: (
    identity: string,
    account: Account,
  ) => Promise<EnrolmentBegun | { readonly outcome: "already_enrolled" }>;
  /** Begins for a person who has a secret, and proves it with a current code of that one. */
  readonly replace: (
    identity: string,
    account: Account,
    code: string,
  ) => Promise<EnrolmentBegun | CodeRefused | NotEnrolled>;
  /** Ends what was begun with a first code of the new secret. `not_begun` also when its hour is over, or it is done. */
  readonly confirm: (
    identity: string,
    code: string,
  ) => Promise<CodeAccepted | CodeRefused | { readonly outcome: "not_begun" }>;
  /** Judges a code at an approval, and uses it up. */
  readonly verify: (identity: string, code: string) => Promise<CodeAccepted | CodeRefused | NotEnrolled>;
  /** Takes the secret of a person away, who lost their phone: for operators at a terminal. `by` is kept. */
  readonly reset: (identity: string, by: string) => Promise<{ readonly outcome: "reset" } | NotEnrolled>;
  readonly stateOf: (identity: string) => Promise<EnrolmentState>;
}

export interface StepUpSurroundings {
  readonly pool: Pool;
  readonly keys: StepUpKeys;
  /** For tests; the database's clock otherwise, which all replicas share. */
  readonly clock?: () => Instant;
}

/** One-time codes over a migrated record database. */
export function openStepUp({ pool, keys, clock }: StepUpSurroundings): StepUp {
  const holding = <Value>(
    identity: string,
    work: (client: ClientBase, person: PersonRow) => Promise<Value>,
  ): Promise<Value> =>
    inTransaction(pool, async (client) => work(client, await holdPerson(client, identity, clock?.())));

  return {
    async begin(identity, account) {
      await sweepAbandoned(pool, clock?.());
      return inTransaction(pool, async (client) => {
        await makePerson(client, identity);
        const person = await holdPerson(client, identity, clock?.());
        if (person.enrolled !== undefined) return { outcome: "already_enrolled" };
        return beginWith(client, keys, person, account);
      });
    },
    replace: (identity, account, code) =>
      holding(identity, async (client, person) => {
        const answer = await useCode(client, keys, person, code);
        return answer.outcome === "accepted" ? beginWith(client, keys, person, account) : answer;
      }),
    confirm: (identity, code) =>
      holding(identity, async (client, person) => {
        if (person.pending === undefined) return { outcome: "not_begun" };
        const secret = person.pending.secret;
        const judged = await judge(client, keys, { ...person, secret }, code);
        if (judged.outcome !== "right") return judged;
        await enrol(client, person, judged.step, judged.secret);
        return { outcome: "accepted" };
      }),
    verify: (identity, code) => holding(identity, (client, person) => useCode(client, keys, person, code)),
    async reset(identity, by) {
      const hadAny = await takeAway(pool, identity, by, clock?.());
      return { outcome: hadAny ? "reset" : "not_enrolled" };
    },
    async stateOf(identity) {
      const { enrolled, pending, reset } = await readPerson(pool, identity, clock?.());
      if (enrolled !== undefined) return { state: "enrolled", since: enrolled.since };
      return pending === undefined ? { state: "none", reset } : { state: "pending", until: pending.until };
    },
  };
}

async function beginWith(
  client: ClientBase,
  keys: StepUpKeys,
  person: PersonRow,
  account: Account,
): Promise<EnrolmentBegun> {
  const secret = randomBytes(secretBytes);
  const until = await keepPending(client, person, seal(keys, person.identity, secret));
  return { outcome: "begun", uri: enrolmentUri(secret, account), secret: secretForTyping(secret), until };
}

/** Judges a code of the confirmed secret. Of many that come with the same one, the update lets one through. */
async function useCode(
  client: ClientBase,
  keys: StepUpKeys,
  person: PersonRow,
  code: string,
): Promise<CodeAccepted | CodeRefused | NotEnrolled> {
  if (person.enrolled === undefined) return { outcome: "not_enrolled" };
  const judged = await judge(client, keys, { ...person, secret: person.enrolled.secret }, code);
  if (judged.outcome !== "right") return judged;
  const isFirst = await useStep(client, person, judged.step, judged.secret);
  return { outcome: isFirst ? "accepted" : "used_already" };
}

type Judged = CodeRefused | { readonly outcome: "right"; readonly step: number; readonly secret: SealedSecret };

/** Compares a code with a secret of a held row, and counts it when it is wrong. The lock comes before everything. */
async function judge(
  client: ClientBase,
  keys: StepUpKeys,
  person: PersonRow & { readonly secret: SealedSecret },
  code: string,
): Promise<Judged> {
  if (person.lockedUntil !== undefined) return { outcome: "locked_until", until: person.lockedUntil };
  const secret = open(keys, person.identity, person.secret);
  const step = matchingStep(secret, code, epochMsOf(person.now));
  if (step !== undefined) {
    const isCurrent = person.secret.keyId === keys[0].id;
    return { outcome: "right", step, secret: isCurrent ? person.secret : seal(keys, person.identity, secret) };
  }
  const after = afterWrongCode(person.wrongAt, person.now);
  switch (after.kind) {
    case "open":
      await rememberWrong(client, person, after.wrongAt, undefined);
      return { outcome: "wrong_code", attemptsLeft: after.attemptsLeft };
    case "locked":
      await rememberWrong(client, person, [], after.until);
      return { outcome: "locked_until", until: after.until };
  }
}
