import { join } from "node:path";
import { readRunnerFile } from "#src/config/runner-file.ts";
import { secretsFrom } from "#src/config/secrets.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Environment } from "#src/plan/environment.ts";
import { findRunningUrl } from "#src/postgres/running.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { refsOf, secretsOf } from "#src/run/secrets-of.ts";
import { checkConfiguration } from "./check-configuration.ts";
import { checkDatabase } from "./check-database.ts";
import { checkBotKeys, checkRunnerKeys, checkStepUpKey } from "./check-keys.ts";
import { checkPostgresQueue, checkRedisQueue } from "./check-queue.ts";
import { folderExamination, siteExaminations } from "./check-site.ts";
import { slackExaminations } from "./check-slack.ts";
import { examine } from "./examine.ts";
import type { Examination } from "./examine.ts";
import { failed, notChecked, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** What a process has, and which side it should be looked at as. */
export interface DoctorCall {
  readonly settings: Settings;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Sides that were named; those whose credentials this process has where none were. */
  readonly sides: readonly ("bot" | "runner")[];
  /** Names; all of the configuration where empty. */
  readonly environments: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Looks at everything that bot and runner need, all at once and each within its time. It changes nothing, and no secret
 * is in what it answers. @throws AppError `environment_unknown`
 */
export async function diagnose(call: DoctorCall): Promise<readonly Finding[]> {
  const { settings, variables } = call;
  const { findings, configuration } = await checkConfiguration(settings.configFile);
  const environments = chosen(configuration?.environments ?? [], call);
  const resolveSecret = secretsFrom(variables);
  const sides = await sidesOf(call, environments);
  const isBot = sides.includes("bot");
  const isRunner = sides.includes("runner");
  const examinations = [
    ...(await storeExaminations(call, environments)),
    ...(isBot ? botExaminations(call, environments) : []),
    ...(isRunner ? runnerExaminations(settings) : []),
    ...(isRunner ? environments.flatMap((each) => siteExaminations(each, resolveSecret, call.now)) : []),
    folderExamination("data directory", settings.dataDir, "by itself"),
  ];
  const found = [...findings, ...(await examine(examinations)), ...notLookedAt(call, { isBot, isRunner })];
  const secrets = await Promise.all(environments.map((each) => secretsOf(each, undefined, resolveSecret)));
  return withoutSecrets(found, [...ownSecrets(settings), ...secrets.flat()]);
}

function chosen(all: readonly Environment[], { environments: names }: DoctorCall): readonly Environment[] {
  const unknown = names.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0 && all.length > 0)
    throw new AppError(
      "environment_unknown",
      `there is no environment ${unknown.join(", ")}; the configuration has ${all.map(({ name }) => name).join(", ")}`,
    );
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** A process with a Slack token is the bot's; one that can read a secret of Kong is a runner's. */
async function sidesOf(
  { sides, settings, variables }: DoctorCall,
  environments: readonly Environment[],
): Promise<readonly string[]> {
  if (sides.length > 0) return sides;
  const refs = environments.flatMap((each) => refsOf(each, undefined));
  const resolve = secretsFrom(variables);
  const readable = await Promise.all(
    refs.map((ref) =>
      resolve(ref).then(
        () => true,
        () => false,
      ),
    ),
  );
  const isBot = settings.slack.botToken !== undefined;
  const isRunner = readable.includes(true) || (!isBot && refs.length === 0);
  return [...(isBot ? ["bot"] : []), ...(isRunner ? ["runner"] : [])];
}

/** Database and queue, which both sides share. */
async function storeExaminations(
  { settings, now }: DoctorCall,
  environments: readonly Environment[],
): Promise<readonly Examination[]> {
  const { databaseUrl, redisUrl, dataDir } = settings;
  const url = databaseUrl ?? (await findRunningUrl(join(dataDir, "postgres")));
  const fix = "see that the server runs and that DATABASE_URL (host, port, user, password, database) is right";
  const queue: Examination | undefined =
    redisUrl !== undefined
      ? {
          area: "queue",
          subject: "redis",
          fix: "see that the server runs and that REDIS_URL is right; without it the queue is on PostgreSQL",
          look: () => checkRedisQueue(redisUrl),
        }
      : url !== undefined
        ? { area: "queue", subject: "postgresql", fix, look: () => checkPostgresQueue(url) }
        : undefined;
  const names = environments.map(({ name }) => name);
  const database: Examination =
    url === undefined
      ? { area: "database", subject: "server", fix, look: async () => [noDatabase] }
      : {
          area: "database",
          subject: "server",
          fix,
          timeoutMs: 25_000,
          look: () => checkDatabase({ url, environments: names, isEmbedded: databaseUrl === undefined, now }),
        };
  return [database, ...(queue === undefined ? [] : [queue])];
}

const noDatabase = notChecked(
  { area: "database", subject: "server" },
  "DATABASE_URL is not set, and no bot with a database of its own runs in the data directory",
  "set DATABASE_URL as bot and runners have it",
);

function botExaminations({ settings, now }: DoctorCall, environments: readonly Environment[]): readonly Examination[] {
  const restore =
    "a key file belongs to the bot's account alone (chmod 600); a damaged one is restored from your backup, because";
  const fix = `${restore} a new one makes open approvals void`;
  return [
    { area: "keys", subject: settings.signingKeyFile, fix, look: () => checkBotKeys(settings) },
    {
      area: "keys",
      subject: "one-time codes",
      fix: `${restore} with a new one everybody enrols again`,
      look: () => checkStepUpKey(settings),
    },
    ...slackExaminations(settings, environments, now),
  ];
}

function runnerExaminations(settings: Settings): readonly Examination[] {
  const fix = "copy signing-key.pub.pem from the bot's data directory and set KONG_UPGRADE_PUBLIC_KEYS";
  return [
    ...runnerFileExaminations(settings),
    { area: "keys", subject: settings.publicKeysFile, fix, look: () => checkRunnerKeys(settings) },
  ];
}

/** A runner does not start with a mistake in its own file. */
function runnerFileExaminations({ runnerConfigFile: file }: Settings): readonly Examination[] {
  if (file === undefined) return [];
  const about = { area: "configuration", subject: file } as const;
  const fix = "correct the runner's own file; kong-upgrade-runner.example.yml shows every key";
  return [
    {
      ...about,
      fix,
      look: async () => {
        const { environments } = await readRunnerFile(file);
        return [ok(about, `whole; may serve ${environments?.join(", ") ?? "every environment"}`)];
      },
    },
  ];
}

/** A side that is not looked at is said, so that a short report is not taken for a good one. */
function notLookedAt(
  { settings }: DoctorCall,
  { isBot, isRunner }: { readonly isBot: boolean; readonly isRunner: boolean },
): readonly Finding[] {
  const hasToken = settings.slack.botToken !== undefined;
  const token = { area: "slack", subject: "bot token" } as const;
  const elsewhere = "run doctor where the bot runs, with its variables";
  // Whoever asks for the bot's side must not read that all is well.
  const slack = isBot
    ? failed(token, "SLACK_BOT_TOKEN is not set", `set it as the bot has it, or ${elsewhere}`)
    : notChecked(token, hasToken ? "the bot's side was not asked for" : "SLACK_BOT_TOKEN is not set here", elsewhere);
  const site = notChecked(
    { area: "kong", subject: "nodes, tools, secrets" },
    "no secret of an environment can be read here",
    "run doctor where the runner runs, with its variables, or with --runner",
  );
  return [...(isBot && hasToken ? [] : [slack]), ...(isRunner ? [] : [site])];
}

function ownSecrets({ databaseUrl, redisUrl, slack, signingKeyPem, stepUpKey }: Settings): readonly string[] {
  const passwords = [databaseUrl, redisUrl].flatMap((url) => passwordsIn(url));
  const { botToken, appToken, signingSecret } = slack;
  const texts = [botToken, appToken, signingSecret, signingKeyPem, "text" in stepUpKey ? stepUpKey.text : undefined];
  return [...passwords, ...texts.filter((text) => text !== undefined)];
}

/** The password of an address as it is written there, and as it is meant. */
function passwordsIn(url: string | undefined): readonly string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A percent sign that was not written as %25; the look at the server says so.
    return [password];
  }
}

/** What programs and servers said may hold anything. */
function withoutSecrets(findings: readonly Finding[], secrets: readonly string[]): readonly Finding[] {
  const redactor = createRedactor(secrets);
  return findings.map((finding) => ({ ...finding, seen: redactor.redactText(finding.seen) }));
}
