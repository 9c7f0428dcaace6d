import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Configuration } from "./read-file.ts";

const optional = z
  .string()
  .trim()
  .transform((text) => (text === "" ? undefined : text))
  .optional();

/** `9464` is a port of this machine alone; `0.0.0.0:9464` one that everybody reaches; nothing or `off` none. */
function listeningOf(text: string | undefined, context: z.RefinementCtx): Settings["http"] {
  if (text === undefined || text === "off") return undefined;
  const [, host = "127.0.0.1", digits = ""] = /^(?:(\[[0-9a-fA-F:.]+\]|[\w.-]+):)?(\d{1,5})$/u.exec(text) ?? [];
  const port = digits === "" ? Number.NaN : Number(digits);
  if (port <= 65_535) return { host: host.replaceAll(/[[\]]/gu, ""), port };
  context.addIssue("expected a port (9464), an address and a port (0.0.0.0:9464), or off");
  return z.NEVER;
}

/** The environment variables that this program reads; everything else is in `kong-upgrade.yml`. */
const variables = z.object({
  KONG_UPGRADE_CONFIG: optional,
  KONG_UPGRADE_DATA: optional,
  KONG_UPGRADE_PRACTICE: optional,
  KONG_UPGRADE_SIGNING_KEY: optional,
  // Some places can only hold one line.
  KONG_UPGRADE_SIGNING_KEY_PEM: optional.transform((pem) => pem?.replaceAll(String.raw`\n`, "\n")),
  KONG_UPGRADE_PUBLIC_KEYS: optional,
  KONG_UPGRADE_STEP_UP_KEY: optional,
  KONG_UPGRADE_STEP_UP_KEY_VALUE: optional,
  KONG_UPGRADE_RUNNER_ID: optional,
  KONG_UPGRADE_RUNNER_CONFIG: optional,
  DATABASE_URL: optional,
  REDIS_URL: optional,
  KONG_UPGRADE_HTTP: optional.transform(listeningOf),
  LOG_LEVEL: optional.pipe(z.enum(["trace", "debug", "info", "warn", "error"]).default("info")),
  PORT: optional.pipe(
    z.union([
      z.undefined(),
      z.string().regex(/^\d+$/u, "expected a port number").transform(Number).pipe(z.number().max(65_535)),
    ]),
  ),
  SLACK_API_URL: optional,
  SLACK_BOT_TOKEN: optional,
  SLACK_APP_TOKEN: optional,
  SLACK_SIGNING_SECRET: optional,
});

/** What the processes need to know about their surroundings, typed once. */
export interface Settings {
  readonly configFile: string;
  readonly dataDir: string;
  /** The flag that allows a Slack address which is not Slack's (and refuses real tokens). */
  readonly isPractice: boolean;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  readonly signingKeyFile: string;
  /** The signing key itself, for places where secrets are environment variables; wins over the file. */
  readonly signingKeyPem: string | undefined;
  readonly publicKeysFile: string;
  /** Where the keys lie that encrypt the secrets of one-time codes: a file, or the text of the variable. */
  readonly stepUpKey: { readonly file: string } | { readonly text: string };
  readonly runnerId: string | undefined;
  /** The runner's own file: what its machine allows it. */
  readonly runnerConfigFile: string | undefined;
  /** Where Slack's requests arrive, when there is no Socket Mode. */
  readonly port: number | undefined;
  /** Where health and figures are told; undefined for nowhere. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly slack: {
    readonly apiUrl: string | undefined;
    readonly botToken: string | undefined;
    readonly appToken: string | undefined;
    readonly signingSecret: string | undefined;
  };
}

/** Reads the process environment: the only place that does. @throws AppError `config_invalid` naming every variable that is wrong. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = variables.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new AppError("config_invalid", `the environment has a mistake:\n${wrong.join("\n")}`);
  }
  const found = parsed.data;
  const dataDir = resolve(found.KONG_UPGRADE_DATA ?? join(homedir(), ".kong-upgrade"));
  const signingKeyFile = resolve(found.KONG_UPGRADE_SIGNING_KEY ?? join(dataDir, "signing-key.pem"));
  return {
    configFile: resolve(found.KONG_UPGRADE_CONFIG ?? "kong-upgrade.yml"),
    dataDir,
    isPractice: found.KONG_UPGRADE_PRACTICE === "1",
    databaseUrl: found.DATABASE_URL,
    redisUrl: found.REDIS_URL,
    logLevel: found.LOG_LEVEL,
    signingKeyFile,
    signingKeyPem: found.KONG_UPGRADE_SIGNING_KEY_PEM,
    publicKeysFile: resolve(found.KONG_UPGRADE_PUBLIC_KEYS ?? join(dataDir, "signing-key.pub.pem")),
    stepUpKey:
      found.KONG_UPGRADE_STEP_UP_KEY_VALUE === undefined
        ? { file: resolve(found.KONG_UPGRADE_STEP_UP_KEY ?? join(dataDir, "step-up-key")) }
        : { text: found.KONG_UPGRADE_STEP_UP_KEY_VALUE },
    runnerId: found.KONG_UPGRADE_RUNNER_ID,
    runnerConfigFile:
      found.KONG_UPGRADE_RUNNER_CONFIG === undefined ? undefined : resolve(found.KONG_UPGRADE_RUNNER_CONFIG),
    port: found.PORT,
    http: found.KONG_UPGRADE_HTTP,
    slack: {
      apiUrl: found.SLACK_API_URL,
      botToken: found.SLACK_BOT_TOKEN,
      appToken: found.SLACK_APP_TOKEN,
      signingSecret: found.SLACK_SIGNING_SECRET,
    },
  };
}

/** Reads the environments alone, for processes that meet nobody. @throws AppError like `readConfiguration` */
export async function readEnvironments(file: string): Promise<readonly Environment[]> {
  return (await readConfiguration(file)).environments;
}

/** Reads the configuration file. @throws AppError `config_invalid` with all complaints, path and line first. */
export async function readConfiguration(file: string): Promise<Configuration> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const problem = isMissing
      ? `cannot read ${file}; write one (kong-upgrade.example.yml shows every key)`
      : `cannot read ${file} (${errorMessage(cause)}); see that the account of this process may read it,`;
    throw new AppError("config_invalid", `${problem} or set KONG_UPGRADE_CONFIG`, { cause });
  });
  // Only a process with a configuration needs its parser.
  const { readConfigFile } = await import("./read-file.ts");
  const read = readConfigFile(text);
  if (read.ok) return read.value;
  const lines = read.problem.map(
    ({ path, line, message }) =>
      `  ${file}${line === undefined ? "" : `:${line}`}  ${path === "" ? "" : `${path}: `}${message}`,
  );
  throw new AppError(
    "config_invalid",
    `the configuration has ${read.problem.length === 1 ? "a mistake" : `${read.problem.length} mistakes`}:\n${lines.join("\n")}`,
  );
}
