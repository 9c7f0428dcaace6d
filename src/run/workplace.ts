import type { Environment } from "#src/plan/environment.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Alarms } from "./alarms.ts";
import type { Cancellations } from "./cancellations.ts";
import type { Claims } from "./claims.ts";
import type { FailedLooks } from "./drift/failed-looks.ts";
import type { PastLooks } from "./drift/past-looks.ts";
import type { Snapshots } from "./drift/snapshots.ts";
import type { Outbox } from "./outbox.ts";
import type { Permits } from "./permits.ts";
import type { planAgain } from "./plan-again.ts";
import type { RunnerOptions } from "./ports.ts";
import type { RunningProcesses } from "./process/running-processes.ts";
import type { RemoteAttempts } from "./transports/remote-attempts.ts";
import type { Transports } from "./transports/transports.ts";
import type { RefusedLetters } from "./refused-letter.ts";
import type { StartedJournal } from "./started-journal.ts";
import type { StepSlots } from "./step-slots.ts";
import type { TurnOrder } from "./turn-order.ts";

/** What one runner works with. */
export interface Workplace extends RunnerOptions {
  readonly permits: Permits;
  readonly outbox: Outbox;
  readonly alarms: Alarms;
  readonly slots: StepSlots;
  readonly order: TurnOrder;
  readonly claims: Claims;
  readonly cancellations: Cancellations;
  readonly journal: StartedJournal;
  readonly snapshots: Snapshots;
  readonly failedLooks: FailedLooks;
  readonly pastLooks: PastLooks;
  /** Surveys that the record does not take. */
  readonly refusedLooks: RefusedLetters;
  /** This machine's clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly running: RunningProcesses;
  readonly transports: Transports;
  readonly remoteAttempts: RemoteAttempts;
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly planAgain: typeof planAgain;
  /** Whether new steps may be taken: not while draining, and not while others take this runner for dead. */
  mayStart(): boolean;
  /** Aborted when the runner has to go now. */
  readonly leave: AbortSignal;
}

/** One look at one upgrade. */
export interface Turn<Seen extends Upgrade = Upgrade> {
  readonly upgrade: Seen;
  /** The runner's own configuration. */
  readonly environment: Environment;
  readonly workplace: Workplace;
}
