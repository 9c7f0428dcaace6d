import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import type { Figure, FigureBench } from "./figures.ts";
import { openSite, startBot, startRunner } from "./stage/product.ts";
import type { Program } from "./stage/program.ts";
import { memoryOf } from "./stage/usage-of.ts";

/** What is loaded in the background has settled by then. */
const restMs = 10_000;

const installed = "../bin/kong-upgrade.js";

/** What bot and runner hold when nobody asks anything of them. */
export const memory: FigureBench = {
  name: "memory",
  title: "Memory at rest",
  async takeFigures(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const site = await openSite({ folder, databaseUrl: postgres.url }, stack);
    // As installed: by the program that people start, once before, so that what Node compiled is kept.
    const starts = async (): Promise<readonly [Program, Program]> => [
      await startBot(site, "bot", installed),
      await startRunner(site, "runner", installed),
    ];
    for (const program of await starts()) await program.kill();
    const [bot, runner] = await starts();
    stack.use(bot);
    stack.use(runner);
    await delay(restMs);
    return {
      figures: [...(await memoryFigures("bot", bot, 200)), ...(await memoryFigures("runner", runner, 130))],
      remarks: [
        `Ten seconds after the start, with one environment and no upgrade. The resident set (RSS) counts pages that processes share, such as those of Node itself, in each of them; the proportional set (PSS) divides them.`,
      ],
    };
  },
};

async function memoryFigures(name: string, starter: Program, mostMb: number): Promise<readonly Figure[]> {
  // The program that people start hands over to one under Node 24 (proc_pid_children(5)).
  const pid = (await readFile(`/proc/${starter.pid}/task/${starter.pid}/children`, "utf8")).trim();
  const { rssMb, pssMb } = await memoryOf(Number(pid));
  return [
    { what: `${name}, RSS`, unit: "MB", ours: rssMb, samples: 1, budget: { most: mostMb } },
    { what: `${name}, PSS`, unit: "MB", ours: pssMb, samples: 1 },
  ];
}
