import { join } from "node:path";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { kongRole } from "#practice/world/databases.ts";
import { supervise } from "#practice/world/process.ts";
import type { Supervised } from "#practice/world/process.ts";
import type { Crewed, replicas, runners } from "#test/chaos/disturbances.ts";
import type { Links } from "./links.ts";
import type { Machine } from "./machines.ts";

const projectRoot = join(import.meta.dirname, "..", "..", "..");

export interface CrewOptions {
  readonly dataDir: string;
  readonly configFile: string;
  readonly links: Links;
  readonly machines: Readonly<Record<Crewed, Machine>>;
  /** Address of the record's database without host and port: user, password, name. */
  readonly recordUrl: string;
  readonly hasRedis: boolean;
  readonly adminPassword: string;
  readonly environments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What is started instead of the product's own program: a build that is broken on purpose. */
  readonly program: string | undefined;
}

/** Two bots and two runners, as production starts them, each behind links of its own. */
export function startCrew(options: CrewOptions): Readonly<Record<Crewed, Supervised>> {
  const { dataDir, links, machines } = options;
  const program = options.program ?? join(projectRoot, "src", "main.ts");
  const start = (name: Crewed, words: readonly string[], extra: Readonly<Record<string, string>>): Supervised => {
    const database = new URL(options.recordUrl);
    database.port = String(links[`${name}>postgres`].port);
    return supervise({
      name,
      argv: [process.execPath, ...machines[name].nodeWords, program, ...words],
      env: {
        ...options.env,
        ...machines[name].env,
        DATABASE_URL: database.href,
        ...(options.hasRedis ? { REDIS_URL: `redis://127.0.0.1:${links[`${name}>redis`].port}` } : {}),
        KONG_UPGRADE_CONFIG: options.configFile,
        KONG_UPGRADE_PRACTICE: "1",
        NODE_COMPILE_CACHE: compileCache,
        ...extra,
      },
      logFile: join(dataDir, "logs", `${name}.log`),
      cwd: projectRoot,
      restartAfterMs: 300,
      onDeath: () => undefined,
    });
  };
  const bot = (name: (typeof replicas)[number]): Supervised =>
    start(name, ["serve"], {
      KONG_UPGRADE_DATA: join(dataDir, "bot"),
      SLACK_API_URL: `http://127.0.0.1:${links["bots>slack"].port}/api/`,
      SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
      SLACK_APP_TOKEN: CREDENTIALS.app_token,
    });
  const served = options.environments.flatMap((environment) => ["--environment", environment]);
  const runner = (name: (typeof runners)[number]): Supervised =>
    start(name, ["runner", ...served], {
      KONG_UPGRADE_RUNNER_ID: name,
      KONG_UPGRADE_DATA: join(dataDir, name),
      KONG_UPGRADE_PUBLIC_KEYS: join(dataDir, "bot", "signing-key.pub.pem"),
      PRACTICE_KONG_PASSWORD: kongRole.password,
      PRACTICE_ADMIN_PASSWORD: options.adminPassword,
    });
  return {
    "bot-1": bot("bot-1"),
    "bot-2": bot("bot-2"),
    "runner-1": runner("runner-1"),
    "runner-2": runner("runner-2"),
  };
}
