import type { StepUp } from "#src/step-up/step-up.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { ListedPeople, RecordPorts } from "#commands/command.ts";
import type { Channels } from "#src/slack/channels.ts";
import type { Clients, Identity } from "#src/slack/clients.ts";
import type { Log } from "#src/slack/log.ts";
import type { People } from "#src/slack/people.ts";
import type { Names } from "#src/slack/views/names.ts";

/** Everything that answering a person takes. */
export interface ListenerPorts {
  readonly desk: Desk;
  readonly environments: readonly Environment[];
  readonly records: RecordPorts;
  readonly clients: Clients;
  readonly apiUrl: string;
  readonly identity: Identity;
  readonly people: People;
  /** One-time codes by human; undefined where none are kept. */
  readonly codes?: StepUp | undefined;
  readonly names: Names;
  readonly log: Log;
  readonly now: () => number;
  /** Told how long an acknowledgement took, by kind: `command`, `action`, `view` or `event`. */
  readonly acknowledged?: ((kind: string, durationMs: number) => void) | undefined;
  /** Slack repeats what it thinks was lost, and anybody may replay a signed request for five minutes. */
  readonly isFirstDelivery: (key: string) => Promise<boolean>;
  /** Whether people of another organisation are in a channel, at most a minute old; what cannot be read counts as yes. */
  readonly isExternallyShared: (channel: string) => Promise<boolean>;
  /** Who reads a channel, asked now: for votes. */
  readonly channelReach: Channels["reachNow"];
  /** Whom an environment's policies name as approvers, looked up. */
  readonly rosterOf: (environment: Environment) => Promise<ListedPeople>;
  /** Looks up again who approved the step whose turn it is, and signs that; does nothing without a granted approval. */
  readonly recheckApproval: (id: UpgradeId) => Promise<void>;
  readonly upgradeChanged: (id: UpgradeId) => void;
  readonly uploadFile: (upload: FileUpload) => Promise<void>;
}

/** A text file for the thread of an upgrade. */
export interface FileUpload {
  readonly upgradeId: UpgradeId;
  readonly name: string;
  readonly title: string;
  readonly text: string;
}
