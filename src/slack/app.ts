import type { App } from "@slack/bolt";
import type { Directory } from "#approvals/directory.ts";
import type { Person } from "#approvals/person.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { StepUp } from "#src/step-up/step-up.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { ListedPeople, RecordPorts } from "#commands/command.ts";
import { approverListsOf } from "./approver-lists.ts";
import { inTrace } from "#src/trace.ts";
import { createChannels } from "./channels.ts";
import type { Channels } from "./channels.ts";
import { createClients, identify, slackLogger } from "./clients.ts";
import type { Clients, Identity } from "./clients.ts";
import { slackPace } from "./delivery/budget.ts";
import type { Pace } from "./delivery/budget.ts";
import { Delivery } from "./delivery/delivery.ts";
import type { ReadTail } from "./delivery/live-tails.ts";
import type { ReadRunners } from "./delivery/unserved-turns.ts";
import { createProjection } from "./delivery/projection.ts";
import type { Projection } from "./delivery/projection.ts";
import type { PostStore } from "./delivery/post-store.ts";
import { readNames } from "./directory.ts";
import type { LagByPart } from "./delivery/lag.ts";
import { Home } from "./home.ts";
import { clickSchema, commandSchema, homeOpenedSchema, submissionSchema } from "./incoming.ts";
import { dispatchClick, dispatchSubmission } from "./listeners/dispatch.ts";
import { handle } from "./listeners/handle.ts";
import type { FileUpload, ListenerPorts } from "./listeners/ports.ts";
import { runCommand } from "./listeners/run-command.ts";
import { received } from "./listeners/unreadable.ts";
import type { ReadRoster } from "./group-members.ts";
import type { Log } from "./log.ts";
import type { OnSlackCall } from "./observed-client.ts";
import { originOf } from "./origin.ts";
import { People } from "./people.ts";
import { connect } from "./receivers.ts";
import { checkSettings } from "./settings.ts";
import type { SlackSettings } from "./settings.ts";
import { Thread } from "./thread.ts";
import type { WitnessedHead } from "./thread.ts";

export interface SlackAppOptions {
  readonly settings: SlackSettings;
  readonly environments: readonly Environment[];
  /** Whose accounts are one human, and lists of people that Slack does not keep. */
  readonly directory: Directory;
  /** Reads such a list; without it none can be read. */
  readonly readRoster?: ReadRoster | undefined;
  readonly desk: Desk;
  readonly posts: PostStore;
  /** Whether this delivery of Slack is seen for the first time; remembers it. */
  readonly isFirstDelivery: (key: string) => Promise<boolean>;
  /** Export and verification need the thread, so they are made when there is one. */
  readonly records: (thread: ThreadAccess) => RecordPorts;
  /** The second look at the approvers of the step whose turn it is. */
  readonly recheckApproval: (id: UpgradeId, looks: Pick<SlackApp, "lookUp" | "channelReach">) => Promise<void>;
  /** One-time codes of people; without them nobody is enrolled. */
  readonly codes?: StepUp;
  readonly log: Log;
  /** The clock of the day, in milliseconds since 1970. */
  readonly now: () => number;
  /** What ages and pauses are measured with, in milliseconds: a clock that is set must not move them. */
  readonly steadyNow: () => number;
  readonly pace?: Pace;
  /** Told what is worth a figure. */
  readonly observer?: SlackObserver;
  /** What a running step printed so far; without it the thread shows output when a step has ended. */
  readonly readTail?: ReadTail;
  /** Which runners live; without it cards do not say when none takes a turn. */
  readonly readRunners?: ReadRunners;
  /** Of this program; stands in the reports that it posts. */
  readonly toolVersion: string;
  /** With several replicas only one writes into Slack; this one waits for `lead`. */
  readonly isStandby?: boolean;
}

/** Hears how long people waited and how Slack answered. */
export interface SlackObserver {
  readonly acknowledged: (kind: string, durationMs: number) => void;
  readonly slackCalled: OnSlackCall;
}

/** What record export and verification need of a thread. */
export interface ThreadAccess {
  uploadFile(upload: FileUpload): Promise<void>;
  readHeads(upgradeId: UpgradeId): Promise<readonly WitnessedHead[]>;
}

/** The Slack side while it runs. */
export interface SlackApp extends AsyncDisposable, ThreadAccess {
  readonly identity: Identity;
  /** The record of this upgrade has grown: Slack is brought up to date, in its own time. */
  upgradeChanged(id: UpgradeId): void;
  /** A fresh look at somebody, e.g. at a voter before their approval is signed; `groups` are the user groups that matter. */
  lookUp(userId: string, groups: readonly string[]): Promise<Person>;
  /** Who reads a channel, asked now. */
  readonly channelReach: Channels["reachNow"];
  /** Everybody whom these lists name, for telling them, with what could not be read; nothing may be decided on it. */
  listed(lists: PeopleLists): Promise<ListedPeople>;
  /** Whether Slack shows everything that is known here. */
  readonly isUpToDate: boolean;
  /** Whether Slack can reach this process now. */
  isConnected(): boolean;
  /** How far Slack is behind; undefined while another replica writes. */
  lag(): LagByPart | undefined;
  /** From now on this replica writes into Slack, beginning with a comparison of everything that is open. */
  lead(): void;
  /** Another replica writes into Slack. */
  follow(): void;
}

/** Connects to Slack and serves people until it is disposed. @throws AppError when Slack cannot be used as configured. */
export async function startSlackApp(options: SlackAppOptions): Promise<SlackApp> {
  const { settings, environments, desk, posts, log, now } = options;
  const apiUrl = checkSettings(settings);
  const { identity, clients } = await signIn(options, apiUrl);
  const names = await readNames(clients.background, environments, log);
  const people = peopleOf(options, clients, identity);
  const channels = createChannels(clients.interactive, log, options.steadyNow);
  const thread = new Thread({ client: clients.background, apiUrl, desk, posts });
  const projection = projectionOf(options, { client: clients.background, apiUrl, identity, names });
  const publish: ConstructorParameters<typeof Home>[0]["publish"] = (view) => clients.background.views.publish(view);
  const home = new Home({ desk, publish, people, names, log, environments, now });
  // Slack is written to by loops that outlive the click that wakes them.
  const upgradeChanged = (id: UpgradeId): void =>
    inTrace(undefined, () => {
      home.changed();
      projection.changed(id);
    });
  const lookUp: SlackApp["lookUp"] = (userId, groups) => people.lookUp({ userId, groups, isFresh: true });
  const ports: ListenerPorts = {
    desk,
    environments,
    records: options.records(thread),
    clients,
    apiUrl,
    identity,
    people,
    codes: options.codes,
    names,
    log,
    now,
    acknowledged: options.observer?.acknowledged,
    isFirstDelivery: options.isFirstDelivery,
    isExternallyShared: async (channel) => (await channels.reachLately(channel)) !== "own",
    channelReach: channels.reachNow,
    rosterOf: (environment) => people.listed(approverListsOf(environment)),
    recheckApproval: (id) => options.recheckApproval(id, { lookUp, channelReach: channels.reachNow }),
    upgradeChanged,
    uploadFile: (upload) => thread.uploadFile(upload),
  };
  const connection = connect({ settings, apiUrl, identity, logger: slackLogger(log) });
  register(connection.app, ports, home);
  const stop = async (): Promise<void> => {
    await connection.stop();
    home.stop();
    await projection.follow();
  };
  try {
    await connection.start();
    if (options.isStandby !== true) projection.lead();
  } catch (error) {
    await stop();
    throw error;
  }
  log.info({ team: identity.team, bot: identity.name, by: settings.delivery.kind }, "connected to Slack");
  return {
    identity,
    upgradeChanged,
    lookUp,
    channelReach: channels.reachNow,
    listed: (lists) => people.listed(lists),
    uploadFile: (upload) => thread.uploadFile(upload),
    readHeads: (id) => thread.readHeads(id),
    get isUpToDate() {
      return projection.isIdle();
    },
    isConnected: () => connection.isUp(),
    lag: () => projection.lag(),
    lead: () => projection.lead(),
    follow: () => void projection.follow(),
    [Symbol.asyncDispose]: stop,
  };
}

/** Who we are, and clients that say for which workspace they ask where the token is that of a whole organisation. */
async function signIn(
  { settings: { botToken: token }, observer, log }: SlackAppOptions,
  apiUrl: string,
): Promise<{ readonly identity: Identity; readonly clients: Clients }> {
  const extras = { onCall: observer?.slackCalled };
  const clients = createClients(token, apiUrl, log, extras);
  const identity = await identify(clients, apiUrl);
  return {
    identity,
    clients:
      identity.isOrgInstall === true
        ? createClients(token, apiUrl, log, { ...extras, teamId: identity.teamId })
        : clients,
  };
}

function projectionOf(
  { desk, posts, log, now, steadyNow, toolVersion, readTail, readRunners, pace = slackPace }: SlackAppOptions,
  {
    identity: { botUserId },
    ...slack
  }: Pick<ListenerPorts, "apiUrl" | "identity" | "names"> & { readonly client: Clients["background"] },
): Projection {
  const options = { ...slack, botUserId, toolVersion, desk, posts, log, now, steadyNow, pace, readTail, readRunners };
  return createProjection(() => new Delivery(options), log);
}

function peopleOf(options: SlackAppOptions, { interactive }: Clients, home: Identity): People {
  const { directory, readRoster = noRosters, log, steadyNow } = options;
  return new People({ client: interactive, home, directory, readRoster, log, now: steadyNow });
}

async function noRosters(): Promise<never> {
  throw new Error("this process was given nothing that reads rosters");
}

/** Bolt acknowledges events by itself before its listeners run. */
async function byBolt(): Promise<void> {}

/** One listener per kind takes everything of its kind, so that nothing that Slack sends stays unanswered. */
function register(app: App, ports: ListenerPorts, home: Home): void {
  app.command(/.*/u, ({ ack, body }) =>
    received(ports, { what: "command", schema: commandSchema, body, acknowledge: () => ack() }, (command) =>
      runCommand(ports, command, (answer) => ack(answer)),
    ),
  );
  app.action(/.*/u, ({ ack, body }) =>
    received(ports, { what: "action", schema: clickSchema, body, acknowledge: () => ack() }, async (click) => {
      await dispatchClick(ports, click, () => ack());
      // What waits for somebody is not the same after their click.
      const isOurs = click.api_app_id === ports.identity.appId;
      if (isOurs && click.view?.type === "home") await home.opened(click.user.id);
    }),
  );
  app.view(/.*/u, ({ ack, body }) =>
    received(ports, { what: "view", schema: submissionSchema, body, acknowledge: () => ack() }, (submission) =>
      dispatchSubmission(ports, submission, (answer) => (answer === undefined ? ack() : ack(answer))),
    ),
  );
  app.event("app_home_opened", ({ body }) =>
    received(
      ports,
      { what: "event app_home_opened", schema: homeOpenedSchema, body, acknowledge: byBolt },
      async (opened) => {
        const { event_id: id, event, authorizations } = opened;
        if (event.tab !== undefined && event.tab !== "home") return;
        const incoming = {
          what: "event app_home_opened",
          ...originOf({ ...opened, is_enterprise_install: authorizations?.[0]?.is_enterprise_install }),
          dedupKey: `event/${id}`,
          person: { userId: event.user },
        };
        await handle(ports, incoming, { acknowledge: byBolt, work: () => home.opened(event.user) });
      },
    ),
  );
  app.error(async (error) => {
    ports.log.error({ err: error }, "Slack sent something that could not be handled");
  });
}
