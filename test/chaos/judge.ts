import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import { alice } from "#practice/scenarios/stage.ts";
import type { Message } from "#practice/scenarios/people.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { readEnvironments } from "#src/config/settings.ts";
import { readNames } from "#src/slack/directory.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { isAbout, keyOf } from "./crowd.ts";
import { judgeDecisions } from "./invariants/decisions.ts";
import type { Choice } from "./invariants/decisions.ts";
import { judgeEnding, judgeTruth } from "./invariants/endings.ts";
import { judgeExclusivity } from "./invariants/exclusivity.ts";
import { judgeExecutions } from "./invariants/executions.ts";
import { judgeLocks } from "./invariants/locks.ts";
import { judgeOrphans } from "./invariants/orphans.ts";
import { judgeByCommandLine, judgeChain, judgeRecord } from "./invariants/record.ts";
import { judgeThread } from "./invariants/thread.ts";
import { readExecutions } from "./world/executions.ts";
import { readClaims, readIds } from "./world/rows.ts";
import type { Claim, LockMove } from "./world/rows.ts";
import { stepProcesses } from "./world/step-processes.ts";
import type { Site } from "./world/site.ts";
import type { World } from "./world/world.ts";

/** What the disturbed world and its people did, as far as judging needs it. */
export interface Deeds {
  readonly choices: readonly Choice[];
  readonly moves: readonly LockMove[];
  /** What was pressed again and again without being heard. */
  readonly missed: ReadonlySet<string>;
}

/** What came of everything. */
export interface Judgement {
  readonly endings: Readonly<Record<string, number>>;
  readonly unknownOutcomes: number;
  readonly executions: number;
  readonly irreversible: number;
  readonly violations: readonly string[];
}

interface ToldUpgrade {
  readonly id: UpgradeId;
  readonly events: readonly RecordedEvent[];
}

const installationSettleMs = 60_000;
/** A step that runs when the people have gone home ends within its own time limit. */
const lastStepMs = 120_000;
/** Slack takes a message a second; a thread has some eighty. */
const threadSettleMs = 120_000;
const lookEveryMs = 600;
const maxListed = 200;

/** Judges everything once nothing goes wrong any more; `anew` are installations that were made anew since their last upgrade. */
export async function judgeAll(world: World, deeds: Deeds, anew: readonly Site[]): Promise<Judgement> {
  const { record, sites, configFile, workspace, dataDir } = world;
  const violations = (await Promise.all(sites.map((site) => settledEnding(world, site)))).flat();
  const upgrades = await record.list({ limit: maxListed });
  const ids = await readIds(urlOf(world));
  const told = await tellAll(world, ids);
  const client = new WebClient(CREDENTIALS.bot_token, { slackApiUrl: workspace.slackApiUrl });
  const names = await readNames(client, await readEnvironments(configFile), silentLog);
  for (const site of sites) {
    const mine = told.filter(({ events }) => environmentOf(events) === site.name);
    violations.push(...(await settledThread(world, site, { names, told: mine })));
    const upgrade = upgrades.find(({ request }) => request.environment.name === site.name);
    if (upgrade === undefined || anew.includes(site)) continue;
    violations.push(...(await judgeInstallation(site, upgrade)));
  }
  const keysFile = join(dataDir, "bot", "signing-key.pub.pem");
  for (const id of ids) violations.push(...(await judgeRecord(record, id, keysFile)));
  const [newest] = upgrades;
  if (newest !== undefined) violations.push(...(await judgeByCommandLine(record, newest.id, keysFile)));
  const safe = await judgeSafety(world, deeds, told);
  violations.push(...safe.violations, ...judgeOrphans(await stepProcesses(world)));
  const endings: Record<string, number> = {};
  for (const upgrade of upgrades) {
    const ending = upgrade.status === "closed" ? upgrade.outcome.kind : `open (${upgrade.status})`;
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
  return {
    endings,
    unknownOutcomes: told.flatMap(({ events }) => events).filter(({ event }) => event.type === "runner_lost").length,
    executions: safe.executions,
    irreversible: safe.irreversible,
    violations,
  };
}

/** What must never have happened, whenever one looks. @throws Error while the database is away */
export async function judgeNow(world: World, deeds: Deeds): Promise<readonly string[]> {
  const { violations } = await judgeSafety(world, deeds);
  const chains = (await readIds(urlOf(world))).map((id) => judgeChain(world.record, id));
  return [...violations, ...(await Promise.all(chains)).flat()];
}

type Safety = Pick<Judgement, "executions" | "irreversible" | "violations">;

async function judgeSafety(
  world: World,
  { choices, moves, missed }: Deeds,
  over?: readonly ToldUpgrade[],
): Promise<Safety> {
  // In this order: what was executed had been recorded before.
  const executions = await readExecutions(world.executionsFile);
  const told = over ?? (await tellAll(world, await readIds(urlOf(world))));
  const all = await readClaims(urlOf(world));
  // As long as it goes on, claims may be newer than what was told.
  const claims = all.filter((claim) => over !== undefined || told.some((each) => isStarted(each, claim)));
  const executed = judgeExecutions(executions, told);
  const violations = [
    ...executed.violations,
    ...missed,
    ...judgeExclusivity(told, executions),
    ...told.flatMap((each) => judgeDecisions(each, choices)),
    ...told.flatMap((each) => judgeLocks(each, { claims, moves })),
  ];
  return { executions: executions.length, irreversible: executed.irreversible, violations };
}

function isStarted({ id, events }: ToldUpgrade, { upgradeId, stepId, attempt }: Claim): boolean {
  return (
    id === upgradeId &&
    events.some(({ event }) => event.type === "step_started" && event.stepId === stepId && event.attempt === attempt)
  );
}

function tellAll({ record }: World, ids: readonly UpgradeId[]): Promise<readonly ToldUpgrade[]> {
  return Promise.all(ids.map(async (id) => ({ id, events: await record.events(id, 0) })));
}

function urlOf({ postgres }: World): string {
  return postgres.urlOf("kong_upgrade");
}

function environmentOf([first]: readonly RecordedEvent[]): string | undefined {
  return first?.event.type === "upgrade_requested" ? first.event.environment.name : undefined;
}

/** What a closed or open installation really is; gateways that were disturbed a moment ago may need another. */
export async function judgeInstallation(site: Site, upgrade: Upgrade): Promise<readonly string[]> {
  const deadline = Date.now() + installationSettleMs;
  for (;;) {
    const seen = await Promise.all([site.truth(), site.versions()]).catch(() => undefined);
    const found = seen === undefined ? ["nobody answers"] : judgeTruth(upgrade, ...seen);
    if (found.length === 0 || Date.now() > deadline) return found;
    await delay(500);
  }
}

/** The upgrades of a site, newest first; waits while the database is away. */
export async function readAll({ record }: World, { name }: Site): Promise<readonly Upgrade[]> {
  for (;;) {
    const listed = await record.list({ environment: name, limit: maxListed }).catch(() => undefined);
    if (listed !== undefined) return listed;
    await delay(lookEveryMs);
  }
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
  readonly told: readonly ToldUpgrade[];
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

const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
