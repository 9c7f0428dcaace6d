// A runner of the product in a process of its own. It does everything that it does before a start, and makes the plan again;
// but then it compares with the recorded one, since steps of a bench are in no plan that anybody could make.
import { pino } from "pino";
import { z } from "zod";
import { readEnvironments } from "#src/config/settings.ts";
import { openRecord } from "#src/record/record.ts";
import { rememberPlans } from "#src/run/plan-again.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { startRunner } from "#src/run/runner.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import { version } from "#src/version.ts";

const { runnerId, databaseUrl, redisUrl, configFile, publicKeysFile, dataDir, clockAheadMs, lockMs } = z
  .object({
    runnerId: z.string(),
    databaseUrl: z.string(),
    redisUrl: z.string().optional(),
    configFile: z.string(),
    publicKeysFile: z.string(),
    dataDir: z.string(),
    /** This machine's clock is wrong by so much. */
    clockAheadMs: z.number().default(0),
    /** How long BullMQ waits for a silent worker; its own default where absent. */
    lockMs: z.number().optional(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const makeAgain = rememberPlans();
const environments = await readEnvironments(configFile);
const record = await openRecord({ url: databaseUrl });
const log = pino();
await startRunner(
  {
    runnerId,
    version,
    environments: new Map(environments.map((each) => [each.name, each])),
    record,
    doorbell: await openDoorbell({ databaseUrl, redisUrl, ...(lockMs === undefined ? {} : { lockMs }) }),
    publicKeys: (await readPublicKeyFile(publicKeysFile)) ?? [],
    resolveSecret: async () => decodeURIComponent(new URL(databaseUrl).password),
    dataDir,
    log,
    permits: { file: "bench", programs: ["/bin/sh"] },
    nowMs: () => Date.now() + clockAheadMs,
  },
  (upgrade) => {
    makeAgain(upgrade);
    return upgrade.forward.plan;
  },
);
log.info("ready");
