import { readFile, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import type { Setting } from "#commands/command.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { readCommand, table } from "#commands/table.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { exportRecord } from "#src/record/export.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { verifyExport, verifyStored } from "#src/record/verify.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import { parsePublicKey } from "#src/signing/signing-key.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";

/** What a terminal prints and with which exit status: 0 done, 1 refused or broken, 2 usage. */
export interface Printed {
  readonly text: string;
  readonly status: 0 | 1 | 2;
}

/** Checks an exported file, with nothing but the file: no database, no Slack. */
export async function verifyFile(
  file: string,
  options: { readonly head?: string | undefined; readonly key?: string | undefined },
): Promise<Printed> {
  const json = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("usage", `cannot read ${file}; give the JSON file that \`/kong-upgrade record\` posted`, {
      cause,
    });
  });
  const givenKeys = options.key === undefined ? undefined : [parsePublicKey(await readFile(options.key, "utf8"))];
  const result = verifyExport(json, { head: options.head, trustedKeys: givenKeys });
  if (!result.ok) return { text: `NOT the record that was written: ${result.problem.sentence}`, status: 1 };
  const { upgradeId, events, head, checkpoints, anchoredUpTo, remarks } = result.value;
  const lines = [
    `${upgradeId}: verified, ${events.length} events, head ${head}, ${checkpoints} signed checkpoints up to event ${anchoredUpTo}`,
    ...remarks.map((remark) => `  note: ${remark}`),
  ];
  return { text: lines.join("\n"), status: 0 };
}

/** Runs a chat word at a terminal, for the night Slack is down: it shows, pauses and aborts, and never approves. */
export async function runAtTerminal(line: string, settings: Settings): Promise<Printed> {
  const mistake = wordMistake(line);
  if (mistake !== undefined) return { text: mistake, status: 2 };
  const environments = await readEnvironments(settings.configFile);
  const command = readCommand(
    line,
    environments.map(({ name }) => name),
  );
  if (!command.ok) return { text: plainText(command.reply.content.text), status: 2 };
  if (settings.databaseUrl === undefined) {
    throw new AppError(
      "config_invalid",
      "set DATABASE_URL to the database of the bot; a terminal reads the same record",
    );
  }
  await using record = await openRecord({ url: settings.databaseUrl });
  const setting: Setting = {
    desk: record,
    environments,
    records: terminalRecords(record, settings),
    names: { person: (id) => id, group: (id) => id },
    now: Date.now,
    by: { kind: "terminal", account: userInfo().username, host: hostname() },
    channel: undefined,
  };
  const reply = await command.run(setting);
  return { text: plainText(reply.content.text), status: reply.kind === "refused" ? 1 : 0 };
}

/** What is wrong with the first word, before anything is read or opened. */
function wordMistake(line: string): string | undefined {
  const [word = ""] = line.split(/\s/u);
  const command = table.find((candidate) => candidate.word === word);
  const usable = table.filter(({ atTerminal }) => atTerminal).map((candidate) => candidate.word);
  if (command === undefined) {
    const near = nearest(word, [...usable, "check", "plan", "serve", "runner"]);
    return `There is no word “${word}”.${near === undefined ? "" : ` Did you mean “${near}”?`} \`kong-upgrade --help\` lists them.`;
  }
  return command.atTerminal
    ? undefined
    : `“${word}” is asked for in Slack, in the environment's channel. At a terminal: ${usable.join(", ")}.`;
}

function terminalRecords(record: Record, settings: Settings): Setting["records"] {
  return {
    exportRecord: async (id) => {
      const events = await record.events(id, 0);
      const exported = exportRecord(events, await record.checkpoints(id), await trustedKeys(settings));
      const files = [resolve(`${id}.json`), resolve(`${id}.md`)] as const;
      await writeFile(files[0], exported.json);
      await writeFile(files[1], exported.markdown);
      return { files, events: events.length };
    },
    verifyRecord: async (id) => {
      const result = await verifyStored(record, id, { ownKeys: await trustedKeys(settings) });
      return result.ok
        ? { kind: "ok", events: result.value.events.length, head: result.value.head, witnessed: 0 }
        : { kind: "broken", problem: result.problem.sentence };
    },
  };
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

/** Slack's markup as a terminal shows it. */
function plainText(markup: string): string {
  return markup
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/gu, "$1")
    .replaceAll(/<([@#!][^|>]*)\|([^>]*)>/gu, "$2")
    .replaceAll(/<([@#])([A-Z0-9]+)>/gu, "$1$2")
    .replaceAll(/(^|\s)\*([^*\n]+)\*/gu, "$1$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
