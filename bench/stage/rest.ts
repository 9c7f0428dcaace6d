import { setTimeout as delay } from "node:timers/promises";
import { single } from "#bench/figures.ts";
import type { Figure } from "#bench/figures.ts";
import { largestRss, openActivity, usageOf } from "./crew-usage.ts";
import type { Crew } from "./crew.ts";
import { scrape } from "./scraped.ts";

/** What many environments cost while nobody wants anything of them. */
export interface Rest {
  /** Of one second of one processor, in milliseconds: the most expensive process of each kind, and PostgreSQL. */
  readonly cpuMs: Readonly<Record<"bot" | "runner" | "database", number>>;
  /** Transactions that PostgreSQL sees in a second, of all processes. */
  readonly transactions: number;
  /** Connections that they hold together. */
  readonly connections: number;
  readonly rssMb: Readonly<Record<"bot" | "runner", number>>;
  /** One answer of a bot at `/metrics`. */
  readonly metricsMs: number;
}

/** What is loaded in the background has settled by then. */
const settleMs = 10_000;
/** Long enough for what is done every few seconds; what is done every minute shows in part of the runs only. */
const measureMs = 20_000;

/** Watches for a while what everything does by itself. */
export async function measureRest(crew: Crew): Promise<Rest> {
  await delay(settleMs);
  await using database = await openActivity(crew.databaseUrl);
  const before = await usageOf(crew, database);
  const startedAt = performance.now();
  await delay(measureMs);
  const after = await usageOf(crew, database);
  const seconds = (performance.now() - startedAt) / 1_000;
  const dearest = (from: readonly number[], to: readonly number[]): number =>
    Math.max(...to.map((ms, index) => ms - (from[index] ?? ms))) / seconds;
  const scrapes = [];
  for (const bot of crew.bots) scrapes.push((await scrape(bot)).tookMs);
  return {
    cpuMs: {
      bot: dearest(before.bots, after.bots),
      runner: dearest(before.runners, after.runners),
      database: (after.server - before.server) / seconds,
    },
    transactions: (after.transactions - before.transactions) / seconds,
    connections: after.connections,
    rssMb: { bot: await largestRss(crew.bots), runner: await largestRss(crew.runners) },
    metricsMs: Math.max(...scrapes),
  };
}

export function restFigures({ cpuMs, transactions, connections, rssMb, metricsMs }: Rest): readonly Figure[] {
  return [
    single("at rest: a bot's processor time in a second", "ms", cpuMs.bot),
    single("at rest: a runner's processor time in a second", "ms", cpuMs.runner),
    single("at rest: PostgreSQL's processor time in a second", "ms", cpuMs.database),
    single("at rest: transactions in a second", "times", Math.round(transactions)),
    single("at rest: connections to PostgreSQL", "times", connections),
    single("at rest: largest bot, RSS", "MB", rssMb.bot),
    single("at rest: largest runner, RSS", "MB", rssMb.runner),
    single("at rest: /metrics of a bot", "ms", metricsMs),
  ];
}
