import { setTimeout as delay } from "node:timers/promises";
import { epochMsOf } from "#src/kernel/instant.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { percentiles } from "./figures.ts";
import type { FigureBench } from "./figures.ts";
import { channelOf, openTrivialSite, targetVersion } from "./scale-site.ts";
import type { TrivialSite } from "./scale-site.ts";
import { startCrew } from "./scale-crew.ts";
import type { Crew } from "./scale-crew.ts";

const environments = 200;
const atOnce = 50;
const replicas = 3;
const runners = 5;
/** One after the other, for the cost of a step where nothing else happens. */
const alone = 5;
/** Somebody asks for a status so often while upgrades run. */
const askEveryMs = 200;
/** A loaded machine may need it. */
const stageMs = 150_000;
const ackMs = 3_000;

/** Many upgrades at once in many environments, with real processes of every kind. */
export const scale: FigureBench = {
  name: "scale",
  title: `${atOnce} upgrades at once in ${environments} environments, ${replicas} bots, ${runners} runners`,
  async takeFigures(folder, stack) {
    const site = await openTrivialSite(folder, environments, stack);
    const crew = await startCrew({ folder, configFile: site.configFile, replicas, runners }, stack);
    const typist = createTypist(site, crew);
    const single: number[] = [];
    for (const name of site.environments.slice(0, alone)) single.push(...(await upgradeAll([name], crew, typist)));
    const ackedBefore = typist.acksMs.length;
    const many = await upgradeAll(site.environments.slice(alone, alone + atOnce), crew, typist);
    const acksMs = typist.acksMs.slice(ackedBefore);
    return {
      figures: [
        {
          what: "slowest acknowledgement while they run",
          unit: "ms",
          ours: Math.round(Math.max(...acksMs)),
          samples: acksMs.length,
          budget: { most: ackMs },
        },
        ...percentiles({
          what: "acknowledgement while they run",
          oursMs: acksMs,
          floorMs: typist.acksMs.slice(0, ackedBefore),
        }),
        ...percentiles({
          what: "a step, from the end of the one before",
          oursMs: many,
          floorMs: single,
          p50: { ratio: 3 },
        }),
      ],
      remarks: [
        `Each environment has one node without a database, whose programs do nothing; every bot and every runner is a process of its own and serves all environments. All ${atOnce} are planned, and then started, by slash commands as fast as they are typed; ${1_000 / askEveryMs} times a second somebody asks for a status.`,
        `Floor: ${alone} upgrades one after the other on the same processes. Steps are timed by the record, from the end of the one before to their own end, up to the first that waits for a person.`,
        "Messages go to the practice workspace at Slack's own pace (one a second and channel), so that cards and threads come later than the steps; nothing here waits for them.",
      ],
    };
  },
};

interface Typist {
  /** How long each command waited for its acknowledgement. */
  readonly acksMs: readonly number[];
  /** Types a command in the channel of an environment. @throws Error when it was not acknowledged in time */
  type(environment: string, words: string): Promise<void>;
}

function createTypist(site: TrivialSite, { people }: Crew): Typist {
  const acksMs: number[] = [];
  return {
    acksMs,
    type: async (environment, words) => {
      const outcome = await people.command("U0ALICE01", channelOf(site, environment), `/kong-upgrade ${words}`);
      if (!outcome.delivered || typeof outcome.ack_ms !== "number")
        throw new Error(`“${words}” was not acknowledged: ${outcome.error ?? "no answer"}`);
      acksMs.push(outcome.ack_ms);
    },
  };
}

/** Plans and starts all of them, and waits until each has come to its first gate; answers how long each step took. */
async function upgradeAll(names: readonly string[], { record }: Crew, typist: Typist): Promise<readonly number[]> {
  const asking = askOnAndOn(names, typist);
  const reach = async (what: string, isThere: (upgrade: Upgrade) => boolean): Promise<readonly Upgrade[]> =>
    waitUntil(
      `${names.length} upgrades to be ${what}`,
      async () => {
        const open = await Promise.all(names.map((name) => record.findOpen(name)));
        const there = open.filter((upgrade) => upgrade !== undefined).filter(isThere);
        return there.length === names.length ? there : undefined;
      },
      stageMs,
    );
  try {
    await Promise.all(names.map((name) => typist.type(name, `plan ${name} --to ${targetVersion}`)));
    await reach("planned", ({ status }) => status === "planned");
    await Promise.all(names.map((name) => typist.type(name, `start ${name}`)));
    const done = await reach("at their first gate", isAtGate);
    process.stdout.write(`  ${names.length} came to their first gate\n`);
    return (await Promise.all(done.map(({ id }) => stepTimes(record, id)))).flat();
  } finally {
    await asking.stop();
  }
}

function isAtGate(upgrade: Upgrade): boolean {
  const todo = next(upgrade, upgrade.updatedAt);
  if (todo.do !== "wait" || todo.for === "start") return false;
  if (todo.for !== "confirmation")
    throw new Error(`${upgrade.id} waits for ${todo.for} at ${todo.step?.id ?? "its start"}`);
  return true;
}

async function stepTimes(record: Crew["record"], id: Upgrade["id"]): Promise<readonly number[]> {
  const ends = (await record.events(id, 0))
    .filter(({ event }) => event.type === "upgrade_started" || event.type === "step_finished")
    .map(({ at }) => epochMsOf(at));
  return ends.slice(1).map((end, index) => end - (ends[index] ?? end));
}

/** Somebody who wants to know how it goes, until stopped. */
function askOnAndOn(names: readonly string[], typist: Typist): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const asking = (async () => {
    for (let turn = 0; !stopping.signal.aborted; turn += 1) {
      const name = names[turn % names.length] ?? "";
      await typist.type(name, `status ${name}`);
      await delay(askEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  // It is waited for at the end, where what went wrong is told.
  asking.catch(() => undefined);
  return {
    stop: async () => {
      stopping.abort();
      await asking;
    },
  };
}
