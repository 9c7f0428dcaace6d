import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whoMayRelease } from "#src/upgrade/decide-release.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { sections } from "#src/slack/views/blocks.ts";
import { requesterName } from "#src/slack/views/names.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { dateToken, escapeText, escapeWithDates } from "#src/slack/views/text.ts";
import { warningText } from "./act.ts";
import { upgradeData } from "./answer-data.ts";
import type { LockData } from "./answer-data.ts";
import type { Call, Command, HeldLock } from "./command.ts";
import { answered, refused } from "./reply.ts";
import { environmentArgument } from "./request.ts";
import { environmentOf } from "./target.ts";
import { lookForRunners } from "./without-runner.ts";

/** In Slack; an enumeration of more environments is for a terminal. */
const maxShown = 20;

export const where: Command = {
  word: "where",
  summary: "who holds an environment and its databases: since when, why, which step runs, who may release it",
  details: [
    "In an environment's channel it tells about that environment; elsewhere, without one, about all. An environment is held through another one where both use the same database, also as that of a second cluster.",
    "A database is known by its address as it is written in the configuration: that two names lead to one server cannot be told from here. Write it in the same way everywhere.",
    "Kong's own migration lock is told as a runner last saw it; `status` of Kong itself is newer.",
  ],
  example: "where prod",
  positionals: [environmentArgument],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const { records } = call;
    if (records.lockOn === undefined)
      return refused({
        sentence: "Nobody can tell about locks here.",
        help: "Ask at a terminal of the bot's machine.",
      });
    const environments = environmentsMeant(call);
    if (!environments.ok) return refused(environments.problem);
    const limit = call.by.kind === "terminal" ? environments.value.length : maxShown;
    const held = await Promise.all(
      environments.value
        .slice(0, limit)
        .map(async (environment) => lookAt(call, environment, await records.lockOn?.(environment))),
    );
    const more = environments.value.length - held.length;
    const text = [...held.map(({ markup }) => markup), ...(more > 0 ? [`…${more} more environments`] : [])].join(
      "\n\n",
    );
    return answered({ text, blocks: sections(text) }, { kind: "where", locks: held.map(({ data }) => data) });
  },
};

function environmentsMeant(
  call: Call,
):
  | { readonly ok: true; readonly value: readonly Environment[] }
  | Extract<ReturnType<typeof environmentOf>, { ok: false }> {
  const typed = call.arguments.positionals.get("environment");
  const isOwnChannel = call.environments.some(({ channel }) => channel === call.channel);
  if (typed === undefined && !isOwnChannel) return { ok: true, value: call.environments };
  const one = environmentOf(call, typed);
  return one.ok ? { ok: true, value: [one.value] } : one;
}

interface Seen {
  readonly markup: string;
  readonly data: LockData;
}

async function lookAt(call: Call, { name }: Environment, lock: HeldLock | undefined): Promise<Seen> {
  const upgrade = lock === undefined ? undefined : await call.desk.find(lock.upgradeId);
  if (lock === undefined || upgrade === undefined)
    return {
      markup: `🔓 *${escapeText(name)}* is free: no upgrade holds it or a database that it uses.`,
      data: { environment: name, lock: lock ?? null, upgrade: null, kongLock: null },
    };
  const kongLock = kongLockOf(upgrade, await call.desk.events(upgrade.id, 0));
  const through =
    lock.environment === name ? "" : `, through *${escapeText(lock.environment)}*, which shares a database with it`;
  const unserved = (await lookForRunners(call, [upgrade]))(upgrade);
  const lines = [
    `🔒 *${escapeText(name)}* is held by *${upgrade.id}*${through}, since ${dateToken(lock.since)}, lock number ${escapeText(lock.fence, 20)}`,
    `Why: ${escapeText(upgrade.request.mode)} to ${escapeText(upgrade.request.to, 20)}, asked for by ${requesterName(upgrade.request.by)}, run by ${requesterName(ownerOf(upgrade))}`,
    `Where it is: ${describeSituation(upgrade, call.names).headline}${warningText(unserved)}`,
    `Running step: ${runningText(upgrade)}`,
    `Kong's migration lock: ${kongLock === null ? "no runner has looked at it yet" : `${escapeText(kongLock.text)} (seen ${dateToken(kongLock.at)})`}`,
    escapeWithDates(whoMayRelease(upgrade), 1_000).replaceAll(/&lt;(@[UW][A-Z0-9]{2,20})&gt;/gu, "<$1>"),
  ];
  return {
    markup: lines.join("\n"),
    data: { environment: name, lock, upgrade: upgradeData(upgrade, call.names, unserved), kongLock },
  };
}

function runningText(upgrade: Upgrade): string {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current === undefined) return "none";
  const title = `“${escapeText(current.step.title, 120)}”`;
  const { progress } = current;
  switch (progress.kind) {
    case "running":
      return `${title} on runner ${escapeText(progress.runnerId, 80)}, since ${dateToken(progress.startedAt)}`;
    case "unknown":
      return `none that is known; how ${title} ended is unknown`;
    case "failed":
    case "ready":
    case "waiting":
    case "done":
      return `none; at ${title}`;
    default:
      return unreachable(progress);
  }
}

/** What a runner last saw of Kong's own lock: before or after a step, as evidence, or when it looked at the installation. */
function kongLockOf({ facts }: Upgrade, events: readonly RecordedEvent[]): LockData["kongLock"] {
  for (const { event, at } of events.toReversed()) {
    const probes =
      event.type === "step_finished"
        ? [...event.report.precheck, ...event.report.proof]
        : event.type === "evidence_collected"
          ? event.probes
          : [];
    const seen = probes.findLast(({ kind }) => kind === "migration_lock_free");
    if (seen !== undefined) return { text: seen.summary, at };
  }
  const surveyed = events.findLast(({ event }) => event.type === "survey_reported");
  if (surveyed === undefined || facts?.database === undefined) return null;
  const { lock } = facts.database;
  return {
    text:
      lock === undefined
        ? "nobody holds Kong's migration lock"
        : `held by ${lock.owner} for ${Math.ceil(lock.secondsLeft)} s more`,
    at: surveyed.at,
  };
}
