import type { PublicKey } from "#src/signing/signing-key.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import type { Labels } from "#src/plan/runner-labels.ts";
import type { Permits } from "./permits.ts";
import type { Doorbell } from "./queue/doorbell.ts";

/** The part of pino that the runner uses; the object comes first. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Reads a secret where the configuration says it lies. @throws AppError when it is not there. */
export type ResolveSecret = (ref: SecretRef) => Promise<string>;

/** What the runner needs of the record. */
export type RunnerRecord = Pick<
  UpgradeRecord,
  | "find"
  | "list"
  | "events"
  | "submit"
  | "now"
  | "traceOf"
  | "lockOf"
  | "listen"
  | "registerRunner"
  | "lostRunners"
  | "botVersions"
  | "runners"
  | "appendOutput"
>;

/** Hears how steps ended and what was not as it must be. */
export interface RunnerObserver {
  /** `kind` of the step's action, such as `commands`. */
  stepEnded(kind: string, outcome: string, durationMs: number): void;
  alarmRaised(): void;
}

export interface RunnerOptions {
  /** Unique, and the same after a restart. */
  readonly runnerId: string;
  /** Version of this program, for `status`. */
  readonly version: string;
  /** What this runner's own configuration says about the environments that it may touch. */
  readonly environments: ReadonlyMap<string, Environment>;
  /** What tells it apart from other runners; none where absent. */
  readonly labels?: Labels;
  /** What its own file allows it; everything that its environments name where absent. */
  readonly permits?: Permits;
  readonly record: RunnerRecord;
  readonly doorbell: Pick<Doorbell, "attend">;
  /** Keys that approvals must be signed with; several while keys are rotated. */
  readonly publicKeys: readonly PublicKey[];
  readonly resolveSecret: ResolveSecret;
  /** Where reports wait while the database is away, and where running processes are noted. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Told what is worth a figure. */
  readonly observer?: RunnerObserver;
  /** What every process gets besides its own variables; PATH, HOME, LANG and TZ where absent. */
  readonly baseEnv?: Readonly<Record<string, string>>;
  /** Replaces this machine's clock, in milliseconds since 1970: for tests. */
  readonly nowMs?: () => number;
  /** How often open upgrades are read again in case a ring was lost. */
  readonly sweepEveryMs?: number;
  /** How long a look for writes that fails is tried again before a person is asked; two minutes where absent. */
  readonly lookPatienceMs?: number;
  /** How often writes are looked for while a person does a step; every minute where absent. */
  readonly lookByHandEveryMs?: number;
}
