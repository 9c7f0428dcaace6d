import { percentiles, single } from "./figures.ts";
import type { Figure, FigureBench } from "./figures.ts";
import { largestRss, openActivity, usageOf } from "./stage/crew-usage.ts";
import type { Usage } from "./stage/crew-usage.ts";
import { startCrew } from "./stage/crew.ts";
import type { Crew } from "./stage/crew.ts";
import { followUpgrades } from "./stage/followed.ts";
import { guide } from "./stage/guide.ts";
import type { Guided } from "./stage/guide.ts";
import { measureRest, restFigures } from "./stage/rest.ts";
import { scrape } from "./stage/scraped.ts";
import { openSmallGateways, targetVersion } from "./stage/small-gateways.ts";
import type { SmallGateway, SmallGateways } from "./stage/small-gateways.ts";
import { stepOverheads } from "./stage/step-overheads.ts";
import { chatter, createTownspeople } from "./stage/townspeople.ts";
import type { Deeds, Townspeople } from "./stage/townspeople.ts";

const environments = 200;
const teams = 40;
const atOnce = 50;
const bots = 3;
const runners = 5;
/** One after the other, for the cost of a step where nothing else happens. */
const alone = 2;
/** Planned and left so: what is open while others work. */
const waiting = 20;
const commandS = 2;
const sayEveryMs = 200;
const ackMs = 3_000;

/** A company with many environments, on the day on which it upgrades a quarter of them. */
export const scale: FigureBench = {
  name: "scale",
  title: `${atOnce} upgrades at once in ${environments} environments, ${bots} bots, ${runners} runners`,
  async takeFigures(folder, stack) {
    const gateways = await openSmallGateways(folder, { environments, teams, commandS }, stack);
    const crew = await startCrew(folder, gateways, { bots, runners }, stack);
    const town = createTownspeople(crew.workspaceAddress);
    const quietly: Deeds = { acksMs: [], missed: [] };
    const meanwhile: Deeds = { acksMs: [], missed: [] };
    const { all } = gateways;
    const followed = followUpgrades(crew.record);
    stack.use(followed);

    say("at rest");
    const rest = await measureRest(crew);
    town.countInto(quietly);
    say("one by one");
    const aloneMs: number[] = [];
    for (const gateway of all.slice(0, alone))
      aloneMs.push(...stepOverheads(await guide(gateway, { town, followed, record: crew.record }), gateways.sleptMs));
    for (const gateway of all.slice(alone, alone + waiting)) await town.type(gateway, planOf(gateway));

    say("all at once");
    town.countInto(meanwhile);
    const busy = all.slice(alone + waiting, alone + waiting + atOnce);
    const startedAt = performance.now();
    const [done, peaks] = await withChatter(gateways, town, async () => upgradeAll(busy, { crew, town, followed }));
    const allMs = performance.now() - startedAt;
    const many = done.flatMap((guided) => stepOverheads(guided, gateways.sleptMs));
    return {
      figures: [
        ...missedFigures(meanwhile),
        ...percentiles({ what: "acknowledgement while they run", oursMs: meanwhile.acksMs, floorMs: quietly.acksMs }),
        {
          ...single("slowest acknowledgement while they run", "ms", Math.max(...meanwhile.acksMs)),
          budget: { most: ackMs },
        },
        ...percentiles({
          what: "what a step costs beside its own commands",
          oursMs: many,
          floorMs: aloneMs,
          p50: { ratio: 3 },
        }),
        ...percentiles({
          what: "from a turn of people to its button in the thread",
          oursMs: done.flatMap(({ promptsMs }) => promptsMs),
        }),
        single(`from the first plan to the end of all ${atOnce}`, "ms", Math.round(allMs)),
        ...peaks,
        ...(await slackFigures(crew)),
        ...restFigures(rest),
      ],
      remarks: [
        `Every environment has a Slack channel of its own and one gateway without a database, each of whose commands sleeps for ${commandS} s; ${teams} teams with a user group each approve. Bots and runners serve all environments and are processes of their own, and so is the workspace, which keeps Slack's limits.`,
        `People type \`plan\` and \`start\`, confirm two manual steps and approve by two votes, as soon as the thread shows the button; meanwhile somebody types \`status\`, \`list\` or a note in another channel ${1_000 / sayEveryMs} times a second, and ${waiting} more upgrades stand planned.`,
        `Floor: ${alone} upgrades one after the other on the same processes. A step costs the time from its start to the start of the next one in the record, without what its commands sleep.`,
      ],
    };
  },
};

function planOf({ name }: SmallGateway): string {
  return `plan ${name} --to ${targetVersion}`;
}

function say(what: string): void {
  process.stdout.write(`  ${new Date().toISOString().slice(11, 19)} ${what}\n`);
}

async function withChatter<Value>(
  { all }: SmallGateways,
  town: Townspeople,
  work: () => Promise<Value>,
): Promise<Value> {
  const talk = async (turn: number): Promise<void> => {
    const planned = all[alone + (turn % waiting)];
    const other = all[(alone + waiting + atOnce + turn) % environments];
    if (planned === undefined || other === undefined) return;
    if (turn % 4 === 0) await town.type(planned, `note ${planned.name} turn ${turn}`);
    else if (turn % 4 === 1) await town.type(other, "list");
    else if (turn % 4 === 2) await town.type(planned, `status ${planned.name}`);
    else await town.type(other, `status ${other.name}`);
  };
  await using _chatter = chatter(talk, sayEveryMs);
  return await work();
}

async function upgradeAll(
  busy: readonly SmallGateway[],
  {
    crew,
    town,
    followed,
  }: { readonly crew: Crew; readonly town: Townspeople; readonly followed: ReturnType<typeof followUpgrades> },
): Promise<readonly [readonly Guided[], readonly Figure[]]> {
  await using activity = await openActivity(crew.databaseUrl);
  const before = await usageOf(crew, activity);
  let left = busy.length;
  const guided = await Promise.all(
    busy.map(async (gateway) => {
      const events = await guide(gateway, { town, followed, record: crew.record });
      left -= 1;
      if (left % 10 === 0) say(`${left} left`);
      return events;
    }),
  );
  // At the end of the day, which is when they hold most.
  const after = await usageOf(crew, activity);
  return [guided, [...(await memoryFigures(crew)), ...costFigures(before, after)]];
}

/** What one upgrade costs all processes together, which other work on the machine changes little. */
function costFigures(before: Usage, after: Usage): readonly Figure[] {
  return [
    perUpgrade("bots", added(after.bots) - added(before.bots)),
    perUpgrade("runners, with the programs they start", added(after.runners) - added(before.runners)),
    perUpgrade("PostgreSQL", after.server - before.server),
    single("connections to PostgreSQL afterwards", "times", after.connections),
  ];
}

function perUpgrade(what: string, ms: number): Figure {
  return { what: `processor time per upgrade: ${what}`, unit: "ms", ours: Math.round(ms / atOnce), samples: atOnce };
}

function added(times: readonly number[]): number {
  return times.reduce((total, ms) => total + ms, 0);
}

async function memoryFigures({ bots: botsNow, runners: runnersNow }: Crew): Promise<readonly Figure[]> {
  return [
    single("largest bot afterwards, RSS", "MB", await largestRss(botsNow)),
    single("largest runner afterwards, RSS", "MB", await largestRss(runnersNow)),
  ];
}

function missedFigures({ acksMs, missed }: Deeds): readonly Figure[] {
  for (const each of missed) say(`missed: ${each}`);
  const samples = acksMs.length + missed.length;
  return [{ what: "acknowledgements missed", unit: "times", ours: missed.length, samples, budget: { most: 0 } }];
}

/** How Slack takes it: refused calls, and how far what it shows is behind as soon as the last upgrade has ended. */
async function slackFigures({ bots: all }: Crew): Promise<readonly Figure[]> {
  const scraped = await Promise.all(all.map((bot) => scrape(bot)));
  const total = (name: string, labels: Readonly<Record<string, string>>): number =>
    scraped.reduce((sum, one) => sum + one.sum(name, labels), 0);
  const calls = (outcome: string): number => total("kong_upgrade_slack_calls_total", { outcome });
  const lagMs = (part: string): number => Math.round(total("kong_upgrade_slack_lag_seconds", { part }) * 1_000);
  return [
    { ...single("calls that Slack refused for their number (429)", "times", calls("limited")), samples: calls("ok") },
    single("lag of the cards at the end", "ms", lagMs("card")),
    single("lag of the threads at the end", "ms", lagMs("thread")),
  ];
}
