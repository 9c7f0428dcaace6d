import { join } from "node:path";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { compileCache } from "./compile-cache.ts";
import { kongRole } from "./databases.ts";
import { supervise } from "./process.ts";
import type { Supervised } from "./process.ts";

const projectRoot = join(import.meta.dirname, "..", "..");

export interface ProcessOptions {
  readonly dataDir: string;
  readonly logs: string;
  readonly configFile: string;
  readonly databaseUrl: string;
  readonly slackApiUrl: string;
  readonly adminPassword: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onDeath: (name: string, how: string) => void;
}

/** Starts the bot and one runner as production would: processes of their own, each with only its own credentials. */
export function startProcesses(options: ProcessOptions): { readonly bot: Supervised; readonly runner: Supervised } {
  const common = {
    ...options.env,
    DATABASE_URL: options.databaseUrl,
    KONG_UPGRADE_CONFIG: options.configFile,
    KONG_UPGRADE_PRACTICE: "1",
    NODE_COMPILE_CACHE: compileCache,
    KONG_UPGRADE_DATA: join(options.dataDir, "bot"),
  };
  const start = (name: string, words: readonly string[], extra: Readonly<Record<string, string>>): Supervised =>
    supervise({
      name,
      argv: [process.execPath, join(projectRoot, "src", "main.ts"), ...words],
      env: { ...common, ...extra },
      logFile: join(options.logs, `${name}.log`),
      cwd: projectRoot,
      restartAfterMs: 300,
      onDeath: options.onDeath,
    });
  return {
    bot: start("bot", ["serve"], {
      SLACK_API_URL: options.slackApiUrl,
      SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
      SLACK_APP_TOKEN: CREDENTIALS.app_token,
    }),
    runner: start("runner", ["runner", "--environment", "practice", "--environment", "legacy"], {
      KONG_UPGRADE_RUNNER_ID: "practice-runner",
      // As in production: of the bot it has the public key only.
      KONG_UPGRADE_DATA: join(options.dataDir, "runner"),
      KONG_UPGRADE_PUBLIC_KEYS: join(options.dataDir, "bot", "signing-key.pub.pem"),
      PRACTICE_KONG_PASSWORD: kongRole.password,
      PRACTICE_ADMIN_PASSWORD: options.adminPassword,
    }),
  };
}
