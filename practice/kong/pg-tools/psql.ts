import { readFile } from "node:fs/promises";
import { DatabaseError } from "pg";
import type { Client, QueryArrayResult } from "pg";
import { z } from "zod";
import { connectionOptions, parseToolArguments } from "./tool-arguments.ts";
import { connect, serverMessage, targetOf } from "./tool-connection.ts";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

const options = {
  ...connectionOptions,
  dbname: { type: "string", short: "d" },
  command: { type: "string", short: "c", multiple: true },
  file: { type: "string", short: "f" },
  "no-align": { type: "boolean", short: "A" },
  "tuples-only": { type: "boolean", short: "t" },
  "field-separator": { type: "string", short: "F", default: "|" },
  quiet: { type: "boolean", short: "q" },
  "no-psqlrc": { type: "boolean", short: "X" },
  "single-transaction": { type: "boolean", short: "1" },
  set: { type: "string", short: "v", multiple: true },
  variable: { type: "string", multiple: true },
} as const;

const commandComplete = z.object({ text: z.string() });

/** `psql -c` and `-f`, unaligned output only. Exit codes as the real one: 1 failed command, 2 no connection, 3 failed script. */
export async function psql(call: ToolCall): Promise<number> {
  const { values, positionals } = parseToolArguments(call, options);
  const commands = values.command ?? [];
  if (commands.length === 0 && values.file === undefined) {
    throw new ToolFailure("psql: error: the simulated psql runs only -c and -f, no terminal");
  }
  const script = values.file === undefined ? undefined : await readScript(values.file);
  const client = await connect(call, targetOf(call, values, values.dbname ?? positionals[0]));
  client.on("notice", (notice) => call.complain(`${notice.severity ?? "NOTICE"}:  ${notice.message}\n`));
  const form = {
    isBare: values["tuples-only"] === true,
    separator: values["field-separator"],
    isQuiet: values.quiet === true,
  };
  // pg keeps only the first word of "CREATE TABLE"; the message has the whole tag.
  const tags: string[] = [];
  client.connection.on("commandComplete", (message: unknown) => tags.push(commandComplete.parse(message).text));
  const session: Session = {
    call,
    client,
    tags,
    stops: [...(values.set ?? []), ...(values.variable ?? [])].includes("ON_ERROR_STOP=1"),
    print: async (result, tag) => {
      const text = rendered(result, tag, form);
      if (text !== "") await call.out(text);
    },
  };
  const isOne = values["single-transaction"] === true;
  try {
    if (isOne) await client.query("begin");
    const exitCode = (await runCommands(session, commands)) ?? (await runScript(session, values.file ?? "", script));
    if (isOne) await client.query(exitCode === 0 ? "commit" : "rollback");
    return exitCode;
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Session {
  readonly call: ToolCall;
  readonly client: Client;
  /** Command tags of the running text, one per statement. */
  readonly tags: string[];
  readonly stops: boolean;
  print(result: QueryArrayResult<(string | null)[]>, tag: string): Promise<void>;
}

/** The exit code when a command failed. Like the real one it goes on after a failed -c only without ON_ERROR_STOP. */
async function runCommands(session: Session, commands: readonly string[]): Promise<number | undefined> {
  let exitCode: number | undefined;
  for (const command of commands) {
    if (await run(session, command, "")) continue;
    exitCode = 1;
    if (session.stops) break;
  }
  return exitCode;
}

async function runScript(session: Session, file: string, script: string | undefined): Promise<number> {
  if (script === undefined || (await run(session, script, `psql:${file}: `))) return 0;
  return session.stops ? 3 : 0;
}

async function readScript(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new ToolFailure(`psql: error: ${file}: No such file or directory`);
  });
  if (/^COPY .* FROM stdin;$/m.test(text)) {
    throw new ToolFailure("psql: error: the simulated psql can not run COPY blocks of a real pg_dump");
  }
  return text;
}

async function run(session: Session, sql: string, prefix: string): Promise<boolean> {
  try {
    const results = await session.client.query<(string | null)[]>({ text: sql, rowMode: "array" });
    // Several statements in one text give a list of results, which the types of pg do not say.
    const tags = session.tags.splice(0);
    for (const [index, result] of [results].flat().entries()) await session.print(result, tags[index] ?? "");
    return true;
  } catch (error) {
    session.call.complain(`${prefix}${serverMessage(error)}\n${position(sql, error)}`);
    return false;
  }
}

function position(sql: string, error: unknown): string {
  if (!(error instanceof DatabaseError) || error.position === undefined) return "";
  const before = sql.slice(0, Number(error.position) - 1);
  const number = before.split("\n").length;
  const label = `LINE ${number}: `;
  const column = before.length - (before.lastIndexOf("\n") + 1);
  return `${label}${sql.split("\n")[number - 1] ?? ""}\n${" ".repeat(label.length + column)}^\n`;
}

function rendered(
  result: QueryArrayResult<(string | null)[]>,
  tag: string,
  how: { readonly isBare: boolean; readonly separator: string; readonly isQuiet: boolean },
): string {
  if (result.fields.length === 0) return how.isQuiet || tag === "" ? "" : `${tag}\n`;
  const lines = result.rows.map((row) => row.map((value) => value ?? "").join(how.separator));
  if (!how.isBare) {
    lines.unshift(result.fields.map((field) => field.name).join(how.separator));
    lines.push(`(${result.rows.length} ${result.rows.length === 1 ? "row" : "rows"})`);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
