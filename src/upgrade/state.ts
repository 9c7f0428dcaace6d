import type { Map as ImmutableMap } from "immutable";
import type { Ballot } from "#approvals/ballot.ts";
import type { Delegation } from "#approvals/delegation.ts";
import { identitiesOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import type { Policy, StepUp } from "#approvals/policy.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Calendar } from "#src/plan/calendar.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Plan, PlanOptions } from "#src/plan/plan.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";
import type { Answers } from "./answers.ts";
import type { ComparedPlan, Envelope, HoldRef, Lifted, PlanRefusal, RequestMode } from "./events.ts";
import type { Drift } from "./drift.ts";
import type { Requester, UpgradeId } from "./identity.ts";
import type { ProbeResult, StepReport } from "./step-report.ts";

/** What was asked for; the same in every state. */
export interface Request {
  readonly mode: RequestMode;
  readonly environment: Environment;
  readonly to: string;
  readonly strategy: string;
  readonly options: PlanOptions;
  readonly by: Requester;
  readonly channel: string;
  readonly compareWith?: ComparedPlan | undefined;
  /** What the preproduction environment went through before this was asked. */
  readonly rehearsal?: Rehearsal | undefined;
  readonly at: Instant;
}

/** A step that was let start without its approval. */
export interface BrokenGlass {
  readonly stepId: string;
  readonly attempt: number;
  readonly by: Person;
  readonly reason: string;
  readonly incident: string;
  readonly stepUp: StepUp;
  readonly skipped: readonly string[];
  readonly at: Instant;
}

/** One gate of one attempt of one step. */
export interface ApprovalRequest {
  readonly digest: Digest;
  readonly policy: Policy;
  /** Accounts and humans who asked for it. */
  readonly requesterIds: readonly string[];
  /** Accounts and humans who approved the last irreversible step, where the policy wants other people. */
  readonly earlierVoterIds: readonly string[];
  readonly requestedAt: Instant;
  /** Of the request; a complete approval has an end of its own. */
  readonly expiresAt: Instant;
  readonly ballots: readonly Ballot[];
  /** How often approvers were reminded, and how far it was escalated. */
  readonly reminders: number;
  readonly escalations: number;
  /** How often votes were lost that had counted, and how many of these losses approvers were told of. */
  readonly reopened: { readonly times: number; readonly told: number };
  readonly outcome:
    | { readonly kind: "open" }
    | {
        readonly kind: "granted";
        /** Nobody where the glass was broken. */
        readonly approvedBy: readonly string[];
        readonly brokenGlass?: BrokenGlass;
        readonly expiresAt: Instant;
        readonly signed?: { readonly envelope: Envelope; readonly checkedAt: Instant };
      }
    | { readonly kind: "refused"; readonly by: string; readonly reason: string }
    | { readonly kind: "expired" }
    | { readonly kind: "cancelled"; readonly by: Requester; readonly reason: string }
    | { readonly kind: "consumed"; readonly approvedBy: readonly string[]; readonly brokenGlass?: BrokenGlass };
}

/** Who wanted a running step to end, and why. */
interface Cancel {
  readonly by: Requester;
  readonly reason: string;
  readonly at: Instant;
}

/** A runner that stands still: its process was stopped, or its machine. What it started may be at work all the same. */
export interface Silence {
  readonly lastSeen: Instant;
  readonly host: string;
  readonly pid: number;
}

/** Where one line of the checklist is. */
export type StepProgress =
  /** Its turn has not come. */
  | { readonly kind: "waiting" }
  /** Its turn has come; with a gate it starts only when that is granted and signed. */
  | {
      readonly kind: "ready";
      readonly attempt: number;
      /** An earlier attempt may have done the work: its commands were started, or nobody knows. */
      readonly mayHaveRun?: true;
      /** Who wants it to be tried, or approved, after it was not: they asked for this attempt, so they do not approve it. */
      readonly askedAgainBy?: Requester;
      readonly approval?: ApprovalRequest;
    }
  /** A runner claimed it; recorded before anything was spawned. */
  | {
      readonly kind: "running";
      readonly attempt: number;
      readonly runnerId: string;
      readonly startedAt: Instant;
      readonly mayHaveRun?: true;
      /** Somebody wants it to end; the runner that runs it ends its processes and tells what came of it. */
      readonly cancel?: Cancel;
      /** Its runner gives no sign of life although its connection stands. */
      readonly silence?: Silence;
      readonly approval?: ApprovalRequest;
    }
  /** Proven, confirmed by a person (manual), or counted as done by a person. */
  | {
      readonly kind: "done";
      readonly attempt: number;
      readonly finishedAt: Instant;
      readonly how: "proven" | "confirmed" | "counted_as_done";
      readonly by?: Requester;
      readonly report?: StepReport;
      readonly approval?: ApprovalRequest;
    }
  /** It did not do its work; a person chooses. */
  | {
      readonly kind: "failed";
      readonly attempt: number;
      /** Somebody had cancelled it. */
      readonly cancel?: Cancel;
      readonly mayHaveRun?: true;
      readonly reason: string;
      readonly report?: StepReport;
      readonly approval?: ApprovalRequest;
    }
  /** Nobody knows; read-only evidence is collected, then a person chooses. */
  | {
      readonly kind: "unknown";
      readonly attempt: number;
      readonly mayHaveRun?: true;
      readonly reason: string;
      readonly report?: StepReport;
      readonly evidence?: readonly ProbeResult[];
      /** When the evidence was collected. */
      readonly evidenceAt?: Instant;
      readonly approval?: ApprovalRequest;
    };

/** A plan being executed: the upgrade itself, or the way back. */
export interface Track {
  readonly plan: Plan;
  readonly startedBy: Requester;
  readonly startedAt: Instant;
  /** By step id, in no order. Thousands of steps need not be copied for each event that changes one of them. */
  readonly steps: ImmutableMap<string, StepProgress>;
  /** Place in the plan of the step whose turn it is: all before it are done, none after it has begun. */
  readonly turn: number;
}

/** Whether the machine may take the next step. */
export type Flow =
  | { readonly kind: "going" }
  | { readonly kind: "paused"; readonly by: Requester; readonly reason: string }
  /** A failure is open and somebody said: hold. */
  | { readonly kind: "held"; readonly by: Requester };

/** Somebody let this upgrade go on although the calendar says no. */
export interface Lift {
  readonly hold: Lifted;
  readonly until: Instant;
  readonly by: Person;
  readonly reason: string;
  readonly at: Instant;
}

/** When exactly this plan is to be started. */
export interface Schedule {
  readonly at: Instant;
  readonly timeZone: string;
  readonly by: Requester;
  readonly planDigest: Digest;
}

/** Nobody could look whether somebody wrote, and what follows: told and gone on, a person is asked, or one said go on. */
export interface LookFailure {
  readonly stepId: string;
  readonly attempt: number;
  readonly reason: string;
  readonly state: "told" | "asked" | "waived";
}

interface Base {
  readonly id: UpgradeId;
  /** Number of events folded; the expected version of the next append. */
  readonly version: number;
  readonly request: Request;
  /** To the questions of the newest plan. */
  readonly answers: Answers;
  readonly updatedAt: Instant;
  /** Everybody who was handed the upgrade, the present owner last. */
  readonly owners: readonly Requester[];
  readonly delegations: readonly Delegation[];
  /** What was started without approval; the environment waits for a review until there is one. */
  readonly brokenGlass: readonly BrokenGlass[];
  readonly review?: { readonly by: Requester; readonly note: string; readonly at: Instant };
  /** The newest that was told after the request. */
  readonly calendar?: Calendar;
  readonly lifts?: readonly Lift[];
}

/** Waiting for a runner to look at the live installation. */
export interface Surveying extends Base {
  readonly status: "surveying";
  readonly supersededPlans: readonly Digest[];
  /** The plan that was there when somebody asked for another. */
  readonly earlier?: Planned;
  /** Present for the moment between the survey and the decision that follows in the same append. */
  readonly facts?: Facts;
  /** Why a runner does not look; gone as soon as one did. */
  readonly alarm?: string;
}
/** There is a checklist; nothing has been changed. */
export interface Planned extends Base {
  readonly status: "planned";
  readonly facts: Facts;
  readonly plan: Plan;
  readonly supersededPlans: readonly Digest[];
  readonly schedule?: Schedule;
  /** The last start that was scheduled and did not happen. */
  readonly missedStart?: { readonly at: Instant; readonly reason: string; readonly help: string };
}
/** The plan, or the way back, is being executed. */
export interface Active extends Base {
  readonly status: "active";
  readonly facts: Facts;
  readonly supersededPlans: readonly Digest[];
  readonly forward: Track;
  readonly rollback?: Track;
  readonly flow: Flow;
  /** A runner or the bot refused to go on, and why; gone as soon as a step starts again. */
  readonly alarm?: string;
  /** What keeps the step from starting whose turn it is. */
  readonly heldBack?: { readonly stepId: string; readonly attempt: number; readonly hold: HoldRef };
  /** Somebody wrote while the configuration was frozen, and nobody has decided about it. */
  readonly drift?: Drift;
  /** Before the step whose turn it is nobody could look for writes. */
  readonly lookFailure?: LookFailure;
  /** A write was found and is to be looked for again: not even a safe step starts unless that could be done. */
  readonly isDriftSuspected?: true;
  /** The latest figures of each kind that a step measured. */
  readonly baseline: Measurements;
  /** A look before this attempt of a step that a person does saw the configuration as it was recorded. */
  readonly seenUnchanged?: { readonly stepId: string; readonly attempt: number };
  /** What was recorded of the configuration when its database was dumped: a restore has to bring just that back. */
  readonly backedUp?: Pick<Measurements, "counts" | "fingerprint">;
}
/** Nothing more will happen; the record is complete. */
export interface Closed extends Base {
  readonly status: "closed";
  readonly outcome:
    | { readonly kind: "refused"; readonly refusals: readonly PlanRefusal[] }
    | {
        readonly kind: "checked";
        readonly from: string;
        readonly findings: readonly Finding[];
        readonly notes: readonly string[];
        readonly facts: Facts;
      }
    | { readonly kind: "aborted"; readonly by: Requester; readonly reason: string }
    | { readonly kind: "completed" }
    | { readonly kind: "rolled_back" };
  readonly facts?: Facts;
  readonly plan?: Plan;
  readonly forward?: Track;
  readonly rollback?: Track;
}

/** One execution of a plan, as the fold of its events. */
export type Upgrade = Surveying | Planned | Active | Closed;

/** Who runs the upgrade now: who asks are mentioned to, and who is told what happens. */
export function ownerOf(upgrade: Upgrade): Requester {
  const started = upgrade.status === "active" || upgrade.status === "closed" ? upgrade : undefined;
  const track = started?.rollback ?? started?.forward;
  return upgrade.owners.at(-1) ?? track?.startedBy ?? upgrade.request.by;
}

/** Accounts and humans of everybody who asked for this: who planned, started, turned back or was handed it. */
export function requesterIdsOf(upgrade: Upgrade): readonly string[] {
  const started = upgrade.status === "active" || upgrade.status === "closed" ? upgrade : undefined;
  const all = [upgrade.request.by, started?.forward?.startedBy, started?.rollback?.startedBy, ...upgrade.owners];
  return [...new Set(all.flatMap((by) => (by?.kind === "slack" ? identitiesOf(by.person) : [])))];
}

/** The same at one step: whoever asked for this attempt of it, too. */
export function requesterIdsAt(upgrade: Upgrade, progress: StepProgress | undefined): readonly string[] {
  const again = progress?.kind === "ready" ? progress.askedAgainBy : undefined;
  const asked = again?.kind === "slack" ? identitiesOf(again.person) : [];
  return [...new Set([...requesterIdsOf(upgrade), ...asked])];
}

/** The track that is executed now: the way back once it was begun. */
export function currentTrack(upgrade: Active): Track {
  return upgrade.rollback ?? upgrade.forward;
}
