import { randomUUID } from "node:crypto";
import { uptime } from "node:os";
import { botProbe, openOwnProbes } from "#src/boot-probes.ts";
import type { RunnerRequest } from "#src/boot-runner.ts";
import { databaseFor } from "#src/boot-database.ts";
import { kongSecretsIn } from "#src/config/foreign-secrets.ts";
import { readConfiguration } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { logOfPart } from "#src/log.ts";
import type { Logger } from "#src/log.ts";
import { openCalendar } from "#src/plan/calendar.ts";
import type { Calendar } from "#src/plan/calendar.ts";
import type { Environment } from "#src/plan/environment.ts";
import { campaign } from "#src/record/leadership.ts";
import type { Bell } from "#src/record/bell.ts";
import { openPool } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import type { Doorbell } from "#src/run/queue/doorbell.ts";
import { recheckApproval, startConductor } from "#src/serve/conductor.ts";
import { signMilestones } from "#src/serve/checkpoints.ts";
import { recordPorts } from "#src/serve/record-ports.ts";
import { readRoster } from "#src/serve/rosters.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import type { WakePorts } from "#src/serve/wakes.ts";
import { openKeyRing, publishKeys } from "#src/signing/key-ring.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import { signRing } from "#src/signing/ring.ts";
import { approverListsOf } from "#src/slack/approver-lists.ts";
import { groupsOf } from "#src/slack/people.ts";
import { startSlackApp } from "#src/slack/app.ts";
import type { SlackApp } from "#src/slack/app.ts";
import type { PostStore } from "#src/slack/delivery/post-store.ts";
import type { SlackSettings } from "#src/slack/settings.ts";
import { readStepUpKeys } from "#src/step-up/keys.ts";
import { openStepUp } from "#src/step-up/step-up.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Probes } from "#src/telemetry/probes.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { version } from "#src/version.ts";

export interface ServeRequest {
  /** Also runs the steps in this process: for an installation on one machine. */
  readonly withRunner: boolean;
  readonly variables: RunnerRequest["variables"];
}

const defaultPort = 3_000;
/** The Slack side closes after the runner that it holds. */
const slackCloseMs = 10_000;
/** Of the output of a running step; the view shows the last of them, and looks in all for how many nodes are done. */
const tailLines = 40;

/** Milliseconds since the machine was booted, suspended times included (proc(5), uptime). */
const steadyNow = (): number => uptime() * 1_000;

/** Opens the Slack side in order; what was opened last is closed first. It reads no Kong credential and starts no process. */
export async function bootServe(
  settings: Settings,
  request: ServeRequest,
  log: Logger,
): Promise<AsyncDisposable & { readonly closeMs?: number }> {
  await using stack = new AsyncDisposableStack();
  const probes = stack.use(await openOwnProbes(settings, log));
  const { environments, directory } = await readConfiguration(settings.configFile);
  const slackSettings = readSlackSettings(settings);
  if (!request.withRunner) warnOfKongSecrets(kongSecretsIn(request.variables, environments), log);
  const keys = await openOwnKeys(settings, log);
  const codeKeys = await readStepUpKeys(settings.stepUpKey);
  const url = await databaseFor(settings, stack, log);
  const onTrouble = (problem: string): void => log.warn(problem);
  const doorbell = await openDoorbell({ databaseUrl: url, redisUrl: settings.redisUrl, onTrouble });
  stack.defer(() => doorbell.close());
  const bell = bellOf(doorbell, keys);
  const record = stack.use(await openRecord({ url, onTrouble, bell: bell.onAppend }));

  const replica = `${process.pid}-${randomUUID().slice(0, 8)}`;
  stack.use(await record.announceBot({ replica, version }));
  const recheck = {
    desk: record,
    replica,
    log: logOfPart(log, "conductor"),
    now: () => record.now(),
    fence: (upgrade: Upgrade) => heldFence(record, upgrade),
    sign: signingOfSealed(record, keys, { actor: { kind: "bot", replica }, now: () => instantOf(Date.now()) }),
  };
  const slack = stack.use(
    await startSlackApp({
      settings: slackSettings,
      environments,
      directory,
      desk: sealingDesk(record, keys, () => instantOf(Date.now())),
      posts: postStore(record),
      codes: openStepUp({ pool: stack.adopt(openPool(url), (pool) => pool.end()), keys: codeKeys }),
      isFirstDelivery: (delivery) => record.isFirstDelivery(delivery),
      readRoster,
      records: (thread) => recordPorts(record, thread, keys),
      recheckApproval: (id, looks) => recheckApproval({ ...recheck, ...looks }, id),
      log: logOfPart(log, "slack"),
      now: Date.now,
      steadyNow,
      readTail: (attempt) => record.readOutputTail(attempt, tailLines),
      readRunners: () => record.runners(),
      toolVersion: version,
      isStandby: true,
      observer: probes.instruments,
    }),
  );
  const leadership = { isLeading: false };
  stack.use(lead(url, slack, leadership, log));
  stack.use(
    startConductor({
      ...recheck,
      isFirst: () => leadership.isLeading,
      listen: (onChange) => record.listen(onChange),
      traceOf: (id) => record.traceOf(id),
      lostSteps: () => record.lostRunners(),
      heldSteps: () => record.heldSteps(),
      ring: bell.ring,
      lookUp: (userId, groups) => slack.lookUp(userId, groups),
      channelReach: (channel) => slack.channelReach(channel),
      listed: (lists) => slack.listed(lists),
      lookUpFor: (userId, environment) => slack.lookUp(userId, groupsOf(environment)),
      rosterOf: (environment) => slack.listed(approverListsOf(environment)),
      environments,
      calendarOf: (name) => (leadership.isLeading ? calendarIn(environments, name) : undefined),
      wakes: bell.wakes,
      project: (id) => slack.upgradeChanged(id),
      checkpoint: (id) => signMilestones(record, id, keys),
    }),
  );
  probes.add(botProbe(probes, { record, slack, doorbell, environments }));
  probes.opened();
  if (!request.withRunner) return stack.move();
  const runner = stack.use(await openRunner({ ...settings, databaseUrl: url }, { ...request, probes }, log));
  const opened = stack.move();
  return { closeMs: runner.closeMs + slackCloseMs, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The keys that this bot signs and checks with; runners that share its file of public keys know them from then on. */
async function openOwnKeys(settings: Settings, log: Logger): Promise<KeyRing> {
  const { signingKeyFile: keyFile, signingKeyPem: keyPem, publicKeysFile } = settings;
  const keys = await openKeyRing({ keyFile, keyPem, publicKeysFile });
  await publish(publicKeysFile, keys, log);
  return keys;
}

/** What the configuration says; undefined for an environment that it does not know. */
function calendarIn(environments: readonly Environment[], name: string): Calendar | undefined {
  const known = environments.find((each) => each.name === name);
  return known === undefined ? undefined : (known.calendar ?? openCalendar);
}

/** Loaded only here: nothing else on the Slack side can read a secret of Kong or start its programs. */
async function openRunner(
  settings: Settings,
  { variables, probes }: Pick<ServeRequest, "variables"> & { readonly probes: Probes },
  log: Logger,
): Promise<AsyncDisposable & { readonly closeMs: number }> {
  const { bootRunner } = await import("./boot-runner.ts");
  return bootRunner(settings, { environments: [], labels: [], variables }, logOfPart(log, "runner"), probes);
}

function warnOfKongSecrets(variables: readonly string[], log: Logger): void {
  if (variables.length === 0) return;
  const said =
    "secrets of Kong are set where the Slack side starts, which reads none of them; leave them to the runners";
  log.warn({ variables }, said);
}

interface SignedBell {
  readonly ring: (environment: string, id: UpgradeId) => Promise<void>;
  readonly onAppend: Bell;
  readonly wakes: WakePorts;
}

/** The bot's own queue, for what becomes due: no environment can be called so. */
const clockQueue = "CLOCK";

/** Rings that runners answer: they hold no key, so only what the bot signed is one. */
function bellOf(doorbell: Doorbell, keys: KeyRing): SignedBell {
  const signed = (environment: string, upgradeId: UpgradeId): Envelope =>
    signRing({ environment, upgradeId, at: instantOf(Date.now()) }, keys.signing);
  const ring: SignedBell["ring"] = (environment, id) => doorbell.ring(environment, id, signed(environment, id));
  const { ringWithin } = doorbell;
  return {
    ring,
    wakes: {
      set: (at, id) => doorbell.ringAt(at, clockQueue, id, signed(clockQueue, id)),
      hear: (onWake) => doorbell.attend([clockQueue], onWake),
    },
    onAppend:
      ringWithin === undefined
        ? { kind: "afterwards", ring }
        : {
            kind: "within",
            ring: (client, environment, id) => ringWithin(client, environment, id, signed(environment, id)),
          },
  };
}

/** Only one replica writes into Slack; the others stand by and take over when its connection ends. */
function lead(url: string, slack: SlackApp, leadership: { isLeading: boolean }, log: Logger): AsyncDisposable {
  return campaign(url, "slack-projection", {
    onElected: () => {
      leadership.isLeading = true;
      slack.lead();
    },
    onDeposed: () => {
      leadership.isLeading = false;
      slack.follow();
    },
    onTrouble: (problem) => log.warn(problem),
  });
}

function readSlackSettings(settings: Settings): SlackSettings {
  const { apiUrl, botToken, appToken, signingSecret } = settings.slack;
  if (botToken === undefined) {
    throw new AppError(
      "config_invalid",
      "SLACK_BOT_TOKEN is not set, so there is no Slack to serve; create an app from manifest.yml, or try everything without Slack: npm run practice",
    );
  }
  if (appToken === undefined && signingSecret === undefined) {
    throw new AppError(
      "config_invalid",
      "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), so that Slack can reach the bot",
    );
  }
  const delivery: SlackSettings["delivery"] =
    appToken !== undefined
      ? { kind: "socket", appToken }
      : { kind: "http", signingSecret: signingSecret ?? "", port: settings.port ?? defaultPort };
  return { apiUrl, botToken, delivery, isPractice: settings.isPractice };
}

/** The lock of the environment, if it is this upgrade that holds it. */
async function heldFence(record: Record, { id, request }: Upgrade): Promise<string | undefined> {
  const lock = await record.lockOf(request.environment.name);
  return lock?.upgradeId === id ? lock.fence : undefined;
}

/** Runners check approvals with these keys; on one machine they find it here, elsewhere it is copied to them. */
async function publish(file: string, keys: KeyRing, log: Logger): Promise<void> {
  try {
    await publishKeys(file, keys);
  } catch (thrown) {
    log.warn({ file, problem: errorMessage(thrown) }, "the public key could not be written; give runners a copy of it");
  }
}

function postStore(record: Record): PostStore {
  return {
    load: async (id) => {
      const posts = await record.loadPosts(id);
      return posts.flatMap((post) => {
        const digest = digestSchema.safeParse(post.contentDigest);
        const state = (["sending", "sent", "gone"] as const).find((each) => each === post.state);
        if (!digest.success || state === undefined) return [];
        const { upgradeId, key, channel, threadTs, ts } = post;
        return [
          {
            upgradeId,
            key,
            channel,
            contentDigest: digest.data,
            state,
            ...(threadTs === undefined ? {} : { threadTs }),
            ...(ts === undefined ? {} : { ts }),
          },
        ];
      });
    },
    count: (id) => record.countPosts(id),
    save: (row) => record.savePost(row),
  };
}
