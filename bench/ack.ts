import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePorts } from "#practice/world/free-ports.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { percentiles } from "./figures.ts";
import type { Figure, FigureBench, Limit } from "./figures.ts";
import { openSite, startBot } from "./stage/product.ts";
import { startProgram } from "./stage/program.ts";
import { commandForm, openSlackRequests } from "./stage/slack-request.ts";

/** How many a second, how many in all, and what the 99th percentile may be of the floor's. */
const rates: readonly { readonly perSecond: number; readonly count: number; readonly p99?: Limit }[] = [
  { perSecond: 1, count: 30 },
  { perSecond: 50, count: 750, p99: { ratio: 2 } },
  { perSecond: 200, count: 3_000, p99: { ratio: 3 } },
];
const warmUps = 200;

/** How soon Slack hears that a command arrived, whatever is done about it afterwards. */
export const ack: FigureBench = {
  name: "ack",
  title: "Acknowledgement of slash commands",
  async takeFigures(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const [slackPort = 0, barePort = 0] = await freePorts(2);
    const site = await openSite({ folder, databaseUrl: postgres.url, slackPort }, stack);
    const { port: behind } = new URL(site.workspace.address);
    stack.use(
      await startProgram({
        argv: ["programs/slack-front.ts", String(slackPort), behind],
        logFile: join(folder, "slack-front.log"),
      }),
    );
    stack.use(
      await startProgram({ argv: ["programs/bare-bot.ts", String(barePort)], logFile: join(folder, "bare-bot.log") }),
    );
    const responseUrl = `http://127.0.0.1:${slackPort}/commands/none`;
    const floors = await acknowledgements(barePort, responseUrl);
    const bot = stack.use(await startBot(site, "bot"));
    const ours = await acknowledgements(bot.port, responseUrl);
    const figures = rates.flatMap(({ perSecond, p99 }, index): readonly Figure[] =>
      percentiles({
        what: `${perSecond} a second`,
        oursMs: ours[index] ?? [],
        floorMs: floors[index] ?? [],
        ...(p99 === undefined ? {} : { p99 }),
      }),
    );
    return {
      figures,
      remarks: [
        "Floor: a Bolt app that does nothing but acknowledge. Ours: the whole bot, which also answers each command (`help`) over its response URL. Both take signed requests over HTTP.",
      ],
    };
  },
};

/** For each rate, from the moment at which a request was due: an app that falls behind does not slow its measure. */
async function acknowledgements(port: number, responseUrl: string): Promise<readonly (readonly number[])[]> {
  await using slack = openSlackRequests(port);
  const send = (): Promise<number> => slack.send(commandForm("help", responseUrl));
  for (let sent = 0; sent < warmUps; sent += 1) await send();
  const all: (readonly number[])[] = [];
  for (const { perSecond, count } of rates) {
    const startedAt = performance.now();
    const answers: Promise<number>[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const dueMs = startedAt + (sent * 1_000) / perSecond;
      if (dueMs > performance.now()) await delay(dueMs - performance.now());
      answers.push(send());
    }
    all.push(await Promise.all(answers));
  }
  return all;
}
