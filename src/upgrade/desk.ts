import type { Result } from "#src/kernel/result.ts";
import type { RecordedEvent } from "./events.ts";
import type { Actor, UpgradeId } from "./identity.ts";
import type { KnownRunner } from "./known-runner.ts";
import type { Intent, IntentOf } from "./intents.ts";
import type { Refusal } from "./refusals.ts";
import type { Upgrade } from "./state.ts";

/** The newest state after an intent, with the events that it caused (none for a repeated, harmless one). */
export interface Accepted {
  readonly upgrade: Upgrade;
  readonly recorded: readonly RecordedEvent[];
}

/** What the Slack side and the commands see of the record: the one door for writes, and reads. */
export interface Desk {
  find(id: UpgradeId): Promise<Upgrade | undefined>;
  /** The open upgrade of an environment: surveyed for a plan, planned or active. */
  findOpen(environment: string): Promise<Upgrade | undefined>;
  /** Newest first. */
  list(filter: {
    readonly environment?: string;
    readonly isOpen?: boolean;
    readonly limit: number;
  }): Promise<readonly Upgrade[]>;
  events(id: UpgradeId, afterVersion: number): Promise<readonly RecordedEvent[]>;
  /** Runners that registered, living or not; those of today and of the last days. */
  runners(): Promise<readonly KnownRunner[]>;
  /** Begins a new upgrade (or check), or supersedes the plan of the environment's upgrade that has not been started. */
  request(intent: IntentOf<"request">, actor: Actor): Promise<Result<Accepted, Refusal>>;
  submit(
    id: UpgradeId,
    intent: Exclude<Intent, { readonly intent: "request" }>,
    actor: Actor,
  ): Promise<Result<Accepted, Refusal>>;
}
