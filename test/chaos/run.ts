import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { alice } from "#practice/scenarios/stage.ts";
import type { Message } from "#practice/scenarios/people.ts";
import { readEnvironments } from "#src/config/settings.ts";
import { readNames } from "#src/slack/directory.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { lieInWait } from "./ambusher.ts";
import { Crowd, isAbout, keyOf } from "./crowd.ts";
import { describeDisturbance, planDisturbances } from "./disturbances.ts";
import { Disturber } from "./disturber.ts";
import { judgeDecisions } from "./invariants/decisions.ts";
import type { Choice } from "./invariants/decisions.ts";
import { judgeEnding, judgeTruth } from "./invariants/endings.ts";
import { judgeExecutions } from "./invariants/executions.ts";
import { judgeByCommandLine, judgeRecord } from "./invariants/record.ts";
import { judgeThread } from "./invariants/thread.ts";
import { readExecutions } from "./world/executions.ts";
import { stepProcesses } from "./world/step-processes.ts";
import type { Site } from "./world/site.ts";
import type { World } from "./world/world.ts";

export interface ChaosOptions {
  readonly seed: string;
  /** How long things go wrong; the upgrades that are open then get some minutes more. */
  readonly durationMs: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface ChaosReport {
  readonly disturbances: number;
  /** Runners that were killed or stopped in the moment of an irreversible command. */
  readonly ambushes: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly unknownOutcomes: number;
  readonly executions: number;
  readonly irreversible: number;
  readonly violations: readonly string[];
}

/** With people at their keys and nothing going wrong, a way back takes one to two minutes. */
const settleMs = 240_000;
/** A step that runs when the people have gone home ends within its own time limit. */
const lastStepMs = 120_000;
const installationSettleMs = 60_000;
/** Slack takes a message a second; a thread has some eighty. */
const threadSettleMs = 120_000;
const lookEveryMs = 600;
const maxListed = 200;

/** Lets upgrades happen while everything goes wrong, lets them come to an end, and judges what happened. */
export async function runChaos(world: World, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, say } = options;
  const beganAt = Date.now();
  const isCalm = (): boolean => Date.now() - beganAt > durationMs;
  const choices: Choice[] = [];
  const chose = (choice: Choice): void => void choices.push(choice);
  const crowds = world.sites.map((site) =>
    takeThrough(world, site, { ...options, isCalm, chose, endsAt: beganAt + durationMs + settleMs }),
  );
  const disturber = new Disturber(world);
  const ambusher = lieInWait(world, { seed, disturber, isCalm, say });
  const plan = planDisturbances(seed, durationMs);
  const disturbing = (async () => {
    for (const { atMs, disturbance } of plan) {
      await delay(Math.max(0, beganAt + atMs - Date.now()));
      say(`${((Date.now() - beganAt) / 1_000).toFixed(1)} s ⚡ ${describeDisturbance(disturbance)}`);
      disturber.begin(disturbance);
    }
    await delay(Math.max(0, beganAt + durationMs - Date.now()));
    await ambusher[Symbol.asyncDispose]();
    await disturber.heal();
    say("nothing goes wrong any more");
  })();
  const [, ...taken] = await Promise.all([disturbing, ...crowds]);
  const problems = taken.flatMap((each) => each.problems);
  const anew = taken.flatMap(({ site, isAnew }) => (isAnew ? [site] : []));
  const did = { disturbances: plan.length, ambushes: ambusher.count(), choices };
  return judge(world, { ...options, ...did, problems, anew });
}

/** What came of one installation. */
interface Taken {
  readonly site: Site;
  readonly problems: readonly string[];
  /** It was made anew after its last upgrade, which says nothing about it any more. */
  readonly isAnew: boolean;
}

interface Taking {
  readonly seed: string;
  readonly say: (line: string) => void;
  readonly isCalm: () => boolean;
  readonly chose: (choice: Choice) => void;
  readonly endsAt: number;
}

/** Takes one installation through upgrade after upgrade until the time is over; answers what did not end. */
async function takeThrough(world: World, site: Site, taking: Taking): Promise<Taken> {
  const { people } = world;
  for (let ordinal = 0; !taking.isCalm(); ordinal += 1) {
    await untilDone(() => site.reset(), taking.endsAt);
    const known = new Set((await readAll(world, site)).map(({ id }) => id));
    const crowd = new Crowd({ ...taking, site, people, ordinal });
    for (;;) {
      const upgrade = (await readAll(world, site)).find(({ id }) => !known.has(id));
      if (upgrade === undefined && taking.isCalm()) return { site, problems: [], isAnew: true };
      if (upgrade === undefined) await crowd.ask();
      else if (upgrade.status === "closed") {
        taking.say(`${site.name}: ${upgrade.id} ends ${upgrade.outcome.kind}`);
        const truth = await judgeNow(site, upgrade);
        if (truth.length > 0) return { site, problems: truth, isAnew: false };
        break;
      } else if (upgrade.status === "surveying" && taking.isCalm() && Date.now() > taking.endsAt)
        return { site, problems: [], isAnew: false };
      else await crowd.look(upgrade).catch(() => undefined);
      if (Date.now() > taking.endsAt) return { site, problems: [], isAnew: false };
      await delay(lookEveryMs);
    }
  }
  return { site, problems: [], isAnew: false };
}

/** What a rolled back or completed installation really is; gateways that were disturbed a moment ago may need another. */
async function judgeNow(site: Site, upgrade: Upgrade): Promise<readonly string[]> {
  const deadline = Date.now() + installationSettleMs;
  for (;;) {
    const seen = await Promise.all([site.truth(), site.versions()]).catch(() => undefined);
    const found = seen === undefined ? ["nobody answers"] : judgeTruth(upgrade, ...seen);
    if (found.length === 0 || Date.now() > deadline) return found;
    await delay(500);
  }
}

/** The upgrades of a site, newest first; none while the database is away. */
async function readAll({ record }: World, { name }: Site): Promise<readonly Upgrade[]> {
  for (;;) {
    const listed = await record.list({ environment: name, limit: maxListed }).catch(() => undefined);
    if (listed !== undefined) return listed;
    await delay(lookEveryMs);
  }
}

async function untilDone(work: () => Promise<void>, endsAt: number): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > endsAt) throw error;
      await delay(lookEveryMs);
    }
  }
}

async function judge(
  world: World,
  options: ChaosOptions & {
    readonly disturbances: number;
    readonly ambushes: number;
    readonly choices: readonly Choice[];
    readonly problems: readonly string[];
    readonly anew: readonly Site[];
  },
): Promise<ChaosReport> {
  const { record, sites, configFile, workspace, dataDir } = world;
  const unsettled = (await Promise.all(sites.map((site) => settledEnding(world, site)))).flat();
  const upgrades = await record.list({ limit: maxListed });
  const told = await Promise.all(upgrades.map(async ({ id }) => ({ id, events: await record.events(id, 0) })));
  const violations = [...options.problems, ...unsettled];
  const client = new WebClient(CREDENTIALS.bot_token, { slackApiUrl: workspace.slackApiUrl });
  const names = await readNames(client, await readEnvironments(configFile), silentLog);
  for (const site of sites) {
    const mine = told.filter(
      ({ id }) => upgrades.find((each) => each.id === id)?.request.environment.name === site.name,
    );
    violations.push(...(await settledThread(world, site, { names, told: mine })));
    const upgrade = upgrades.find(({ request }) => request.environment.name === site.name);
    if (upgrade === undefined || options.anew.includes(site)) continue;
    violations.push(...(await judgeNow(site, upgrade)));
  }
  const keysFile = join(dataDir, "bot", "signing-key.pub.pem");
  for (const { id } of upgrades) violations.push(...(await judgeRecord(record, id, keysFile)));
  for (const each of told) violations.push(...judgeDecisions(each, options.choices));
  const [newest] = upgrades;
  if (newest !== undefined) violations.push(...(await judgeByCommandLine(record, newest.id, keysFile)));
  const executions = await readExecutions(world.executionsFile);
  const executed = judgeExecutions(executions, told);
  violations.push(...executed.violations, ...(await judgeOrphans(world)));
  const endings: Record<string, number> = {};
  for (const upgrade of upgrades) {
    const ending = upgrade.status === "closed" ? upgrade.outcome.kind : `open (${upgrade.status})`;
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
  return {
    disturbances: options.disturbances,
    ambushes: options.ambushes,
    endings,
    unknownOutcomes: told.flatMap(({ events }) => events).filter(({ event }) => event.type === "runner_lost").length,
    executions: executions.length,
    irreversible: executed.irreversible,
    violations,
  };
}

/** Waits until the newest upgrade of a site is over or asks a person; answers what it does instead, after a while. */
async function settledEnding(world: World, site: Site): Promise<readonly string[]> {
  const deadline = Date.now() + lastStepMs;
  for (;;) {
    const [upgrade, ...earlier] = await readAll(world, site);
    const open = earlier.filter(({ status }) => status !== "closed");
    const found = [
      ...open.map(({ id }) => `${id} is open beside a newer one`),
      ...(upgrade === undefined ? [] : judgeEnding(upgrade, await messagesOf(world, site, upgrade.id))),
    ];
    if (found.length === 0 || Date.now() > deadline) return found;
    await delay(1_000);
  }
}

interface Threads {
  readonly names: Names;
  readonly told: readonly { readonly id: UpgradeId; readonly events: Awaited<ReturnType<World["record"]["events"]>> }[];
}

/** Waits until every thread of a site equals its record; answers what does not, after a while. */
async function settledThread(world: World, site: Site, { names, told }: Threads): Promise<readonly string[]> {
  const deadline = Date.now() + threadSettleMs;
  for (;;) {
    const found: string[] = [];
    for (const { id, events } of told)
      found.push(...judgeThread(id, events, { names, messages: await messagesOf(world, site, id) }));
    if (found.length === 0 || Date.now() > deadline) return found;
    await delay(1_000);
  }
}

async function messagesOf({ people }: World, { channel }: Site, id: UpgradeId): Promise<readonly Message[]> {
  const top = (await people.messages(alice, channel)).filter(
    (message) => message.thread_ts === undefined || message.thread_ts === message.ts,
  );
  const cards = top.filter((message) => isAbout(message, id) && keyOf(message) === "card");
  const threads = await Promise.all(cards.map((card) => people.messages(alice, channel, card.ts)));
  return [...new Map([...cards, ...threads.flat()].map((message) => [message.ts, message])).values()];
}

/** A process that a step was started for, although no step runs any more. */
async function judgeOrphans(world: World): Promise<readonly string[]> {
  return (await stepProcesses(world)).map(
    ({ pid, command, marker }) => `process ${pid} (${command}) of ${marker ?? "?"} is left`,
  );
}

const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
