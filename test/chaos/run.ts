import { setTimeout as delay } from "node:timers/promises";
import { lieInWait } from "./ambusher.ts";
import { Crowd } from "./crowd.ts";
import { describeDisturbance, planDisturbances } from "./disturbances.ts";
import { Disturber } from "./disturber.ts";
import type { Choice } from "./invariants/decisions.ts";
import { judgeAll, judgeInstallation, judgeNow, readAll } from "./judge.ts";
import type { Deeds, Judgement } from "./judge.ts";
import { moveLocks } from "./lock-mover.ts";
import { spoilPosts } from "./post-spoiler.ts";
import type { Site } from "./world/site.ts";
import type { World } from "./world/world.ts";

export interface ChaosOptions {
  readonly seed: string;
  /** How long things go wrong; the upgrades that are open then get some minutes more. */
  readonly durationMs: number;
  /** Nothing goes wrong at random: upgrades come to the moments that count sooner. */
  readonly onlyAmbushes: boolean;
  /** Judges again and again, and ends with the first thing that must never happen: for products that are broken on purpose. */
  readonly stopsAtFirst: boolean;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface ChaosReport extends Judgement {
  readonly disturbances: number;
  /** Runners that were hurt in the moment of a command that must not run twice, locks that moved before one, spoiled posts. */
  readonly ambushes: number;
}

/** With people at their keys and nothing going wrong, a way back takes one to two minutes. */
const settleMs = 240_000;
const lookEveryMs = 600;
const judgeEveryMs = 2_000;

/** Lets upgrades happen while everything goes wrong, lets them come to an end, and judges what happened. */
export async function runChaos(world: World, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, durationMs, say } = options;
  const beganAt = Date.now();
  const isCalm = (): boolean => Date.now() - beganAt > durationMs;
  const choices: Choice[] = [];
  const chose = (choice: Choice): void => void choices.push(choice);
  const disturber = new Disturber(world);
  const ambusher = lieInWait(world, { seed, disturber, isCalm, say });
  const mover = moveLocks(world, { seed, isCalm, say });
  const spoiler = spoilPosts(world, { seed, isCalm, say });
  const missed = new Set<string>();
  const deeds: Deeds = { choices, moves: mover.moves, missed };
  const plan = options.onlyAmbushes ? [] : planDisturbances(seed, durationMs);
  const disturbing = (async () => {
    for (const { atMs, disturbance } of plan) {
      await delay(Math.max(0, beganAt + atMs - Date.now()));
      say(`⚡ ${describeDisturbance(disturbance)}`);
      disturber.begin(disturbance);
    }
    await delay(Math.max(0, beganAt + durationMs - Date.now()));
    await Promise.all([ambusher, mover, spoiler].map((each) => each[Symbol.asyncDispose]()));
    await disturber.heal();
    say("nothing goes wrong any more");
  })();
  const whole = (async (): Promise<Judgement> => {
    const crowds = world.sites.map((site) =>
      takeThrough(world, site, {
        ...options,
        isCalm,
        chose,
        missed: (violation) => missed.add(violation),
        endsAt: beganAt + durationMs + settleMs,
      }),
    );
    const [, ...taken] = await Promise.all([disturbing, ...crowds]);
    const anew = taken.flatMap(({ site, isAnew }) => (isAnew ? [site] : []));
    const judged = await judgeAll(world, deeds, anew);
    return { ...judged, violations: [...taken.flatMap(({ problems }) => problems), ...judged.violations] };
  })();
  const judged = await (options.stopsAtFirst ? Promise.race([whole, firstViolation(world, deeds)]) : whole);
  return { disturbances: plan.length, ambushes: ambusher.count() + mover.moves.length + spoiler.count(), ...judged };
}

/** Looks until something is found that must never happen. */
async function firstViolation(world: World, deeds: Deeds): Promise<Judgement> {
  for (;;) {
    await delay(judgeEveryMs);
    const violations = await judgeNow(world, deeds).catch(() => []);
    if (violations.length > 0) return { endings: {}, unknownOutcomes: 0, executions: 0, irreversible: 0, violations };
  }
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
  readonly missed: (violation: string) => void;
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
        const truth = await judgeInstallation(site, upgrade);
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
