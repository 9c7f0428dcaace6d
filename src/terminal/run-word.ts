import { writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { AnswerData } from "#commands/answer-data.ts";
import type { Setting } from "#commands/command.ts";
import { explanationOf } from "#commands/help.ts";
import type { Reply } from "#commands/reply.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { readCommand, table } from "#commands/table.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError, errorMessage, isMistyped } from "#src/kernel/app-error.ts";
import { findRunningUrl } from "#src/postgres/running.ts";
import { exportRecord } from "#src/record/export.ts";
import { visitRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { verifyStored } from "#src/record/verify.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import { inTrace, newTrace } from "#src/trace.ts";
import { withoutMarkup } from "#src/slack/views/without-markup.ts";
import { usage } from "#src/usage.ts";
import { terminalText } from "./terminal-text.ts";

/** What a terminal prints and with which exit status: 0 done, 1 refused or broken, 2 usage. */
export interface Printed {
  readonly text: string;
  readonly status: 0 | 1 | 2;
  /** It is no answer but why there is none, and goes to standard error; never for programs. */
  readonly isNo?: boolean;
}

/**
 * Runs a chat word at a terminal, for the night Slack is down: it shows, pauses and aborts, and never approves. With
 * `--json` the answer is one line for programs, also where something is broken.
 */
export async function runAtTerminal(given: readonly string[], settings: Settings): Promise<Printed> {
  const isJson = given.includes(jsonFlag) && !takesText(given[0]);
  const words = isJson ? given.filter((word) => word !== jsonFlag) : given;
  const answer = await inTrace(newTrace(), () => answerAtTerminal(words, settings)).catch((thrown: unknown): Answer => {
    if (!isJson || !(thrown instanceof AppError)) throw thrown;
    const { code, message } = thrown;
    return { text: message, data: { kind: "error", code, message }, status: isMistyped(code) ? 2 : 1 };
  });
  const { text, data, status } = answer;
  if (isJson) return { text: JSON.stringify(data), status };
  return { text: terminalText(text), status, isNo: data.kind === "refused" || data.kind === "error" };
}

const jsonFlag = "--json";

interface Answer extends Omit<Printed, "isNo"> {
  readonly data: AnswerData | { readonly kind: "error"; readonly code: string; readonly message: string };
}

type Refused = Extract<AnswerData, { readonly kind: "refused" }>;

/** Whether everything to the end of the line is somebody's text, which may hold any word. */
function takesText(word: string | undefined): boolean {
  const command = table.find((candidate) => candidate.word === word);
  return command?.positionals.some(({ kind }) => kind === "text") === true;
}

/** What `kong-upgrade help pause`, `pause --help` and `pause -h` ask about: no database and no configuration is needed. */
function helpAsked([word = "", second = "", ...rest]: readonly string[]): string | undefined {
  if (word === "help") return rest.length === 0 ? second : undefined;
  const isFlag = second === "--help" || second === "-h";
  return isFlag && rest.length === 0 ? word : undefined;
}

async function answerAtTerminal(words: readonly string[], settings: Settings): Promise<Answer> {
  const asked = helpAsked(words);
  if (asked === "") {
    const text = usage();
    return { text, data: { kind: "answered", text }, status: 0 };
  }
  const explained = asked === undefined ? undefined : explanationOf(asked, table);
  if (explained !== undefined) return printed(explained);
  const mistake = wordMistake(asked ?? words[0] ?? "");
  if (mistake !== undefined) return mistake;
  const environments = await readEnvironments(settings.configFile);
  const command = readCommand(
    words,
    environments.map(({ name }) => name),
  );
  if (!command.ok) return printed(command.reply);
  const url = settings.databaseUrl ?? (await findRunningUrl(join(settings.dataDir, "postgres")));
  if (url === undefined) {
    throw new AppError(
      "config_invalid",
      "set DATABASE_URL to the database of the bot; a terminal reads the same record",
    );
  }
  await using record = await visitRecord(url);
  const setting: Setting = {
    desk: record,
    environments,
    records: terminalRecords(record, settings),
    names: { person: (id) => id, group: (id) => id },
    now: Date.now,
    by: { kind: "terminal", account: userInfo().username, host: hostname() },
    channel: undefined,
  };
  return printed(await command.run(setting));
}

function printed({ kind, content, data }: Reply): Answer {
  const text = content.text;
  if (data?.kind === "refused" && isMistyped(data.code)) return mistaken(data, text);
  const isBad = kind === "refused" || (data?.kind === "verification" && !data.isWhole);
  return { text, data: data ?? { kind: "answered", text: withoutMarkup(text) }, status: isBad ? 1 : 0 };
}

/** A mistake in what was typed: for programs the same error as those of the words that are no chat words. */
function mistaken({ code, sentence, help }: Omit<Refused, "kind">, text: string): Answer {
  return { text, data: { kind: "error", code, message: withoutMarkup(`${sentence} ${help}`) }, status: 2 };
}

/** Words that somebody may hope for at night, although only Slack tells who they are. */
const votes = new Set(["approve", "reject", "deny", "vote", "withdraw"]);

/** What is wrong with the first word, before anything is read or opened. */
function wordMistake(word: string): Answer | undefined {
  const command = table.find((candidate) => candidate.word === word);
  const usable = table.filter(({ atTerminal }) => atTerminal).map((candidate) => candidate.word);
  if (votes.has(word)) {
    return notHere(
      1,
      "Nobody approves at a terminal: a vote counts only where Slack tells who gave it, and that is looked up again before the step starts.",
      "Wait until Slack is back. Meanwhile `show` tells what is asked of whom, `pause` and `abort` stop the upgrade.",
    );
  }
  if (command === undefined) {
    const near = nearest(word, [...usable, "check", "plan", "serve", "runner", "doctor"]);
    return notHere(
      2,
      `There is no word “${word}”.${near === undefined ? "" : ` Did you mean “${near}”?`}`,
      "`kong-upgrade --help` lists them.",
    );
  }
  return command.atTerminal
    ? undefined
    : notHere(
        2,
        `“${word}” is asked for in Slack, in the environment's channel.`,
        `At a terminal: ${usable.join(", ")}.`,
      );
}

function notHere(status: 1 | 2, sentence: string, help: string): Answer {
  const text = `${sentence} ${help}`;
  if (status === 2) return mistaken({ code: "usage", sentence, help }, text);
  return { text, data: { kind: "refused", code: "not_allowed", sentence, help }, status };
}

function terminalRecords(record: Record, settings: Settings): Setting["records"] {
  return {
    exportRecord: async (id) => {
      const events = await record.events(id, 0);
      const exported = exportRecord(events, await record.checkpoints(id), await trustedKeys(settings));
      const files = [resolve(`${id}.json`), resolve(`${id}.md`)] as const;
      await writeInto(files[0], exported.json);
      await writeInto(files[1], exported.markdown);
      return { files, events: events.length };
    },
    lockOn: (environment) => record.lockOn(environment),
    tracesOfEvents: (id, afterVersion) => record.tracesOfEvents(id, afterVersion),
    verifyRecord: async (id) => {
      const result = await verifyStored(record, id, { ownKeys: await trustedKeys(settings) });
      return result.ok
        ? { kind: "ok", events: result.value.events.length, head: result.value.head, witnessed: 0 }
        : { kind: "broken", problem: result.problem.sentence };
    },
  };
}

async function writeInto(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new AppError(
      "usage",
      `${file} cannot be written (${errorMessage(cause)}); go to a folder that you may write into and has room, and try again`,
      { cause },
    );
  });
}

/** A terminal never needs the private key, and must not make one. */
async function trustedKeys(settings: Settings): Promise<readonly PublicKey[]> {
  const keys = await readPublicKeyFile(settings.publicKeysFile);
  if (keys !== undefined) return keys;
  throw new AppError(
    "config_invalid",
    `there is no public key in ${settings.publicKeysFile}; set KONG_UPGRADE_PUBLIC_KEYS to a copy of the bot's signing-key.pub.pem`,
  );
}
