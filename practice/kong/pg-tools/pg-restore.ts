import { open } from "node:fs/promises";
import type { Client } from "pg";
import type { ArchiveHeader } from "./archive-entry.ts";
import { isPlainDump, openArchive } from "./archive-file.ts";
import { restoreStatements } from "./restore-statements.ts";
import type { RestoreChoice, RestoreStatement } from "./restore-statements.ts";
import { connectionOptions, parseToolArguments } from "./tool-arguments.ts";
import { connect, serverMessage, targetOf } from "./tool-connection.ts";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

const options = {
  ...connectionOptions,
  dbname: { type: "string", short: "d" },
  file: { type: "string", short: "f" },
  format: { type: "string", short: "F" },
  list: { type: "boolean", short: "l" },
  schema: { type: "string", short: "n", multiple: true },
  "schema-only": { type: "boolean", short: "s" },
  "data-only": { type: "boolean", short: "a" },
  "no-owner": { type: "boolean", short: "O" },
  "no-privileges": { type: "boolean", short: "x" },
  "exit-on-error": { type: "boolean", short: "e" },
  "single-transaction": { type: "boolean", short: "1" },
  clean: { type: "boolean", short: "c" },
  "if-exists": { type: "boolean" },
  jobs: { type: "string", short: "j" },
  verbose: { type: "boolean", short: "v" },
} as const;

/** `pg_restore`: lists an archive or loads it. Without --exit-on-error it goes on after errors and ends with 1, as the real one. */
export async function pgRestore(call: ToolCall): Promise<number> {
  const { values, positionals } = parseToolArguments(call, options);
  const [file] = positionals;
  if (file === undefined)
    throw new ToolFailure("pg_restore: error: the simulated pg_restore reads files only, no standard input");
  if (values.list !== true && values.dbname === undefined && values.file === undefined) {
    throw new ToolFailure("pg_restore: error: one of -d/--dbname and -f/--file must be specified");
  }
  if (values["if-exists"] === true && values.clean !== true) {
    throw new ToolFailure("pg_restore: error: option --if-exists requires option -c/--clean");
  }
  if (await isPlainDump(file)) {
    throw new ToolFailure("pg_restore: error: input file appears to be a text format dump. Please use psql.");
  }
  const archive = await openArchive(file);
  const choice: RestoreChoice = {
    keepsOwner: values["no-owner"] !== true,
    cleans: values.clean === true,
    ifExists: values["if-exists"] === true,
    schemas: values.schema ?? [],
    withSchema: values["data-only"] !== true,
    withData: values["schema-only"] !== true,
  };
  if (values.list === true) {
    await call.out(contents(archive.header, choice));
    return 0;
  }
  const statements = restoreStatements(archive.header, archive.data(), choice);
  if (values.dbname === undefined) return writeScript(call, values.file ?? "-", statements);
  const client = await connect(call, targetOf(call, values, values.dbname));
  try {
    const isOne = values["single-transaction"] === true;
    return await load(call, client, { statements, isOne, stops: isOne || values["exit-on-error"] === true });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function load(
  call: ToolCall,
  client: Client,
  plan: { statements: AsyncIterable<RestoreStatement>; isOne: boolean; stops: boolean },
): Promise<number> {
  await client.query("set search_path = ''; set check_function_bodies = false; set client_min_messages = warning");
  if (plan.isOne) await client.query("begin");
  let errors = 0;
  for await (const { sql } of plan.statements) {
    try {
      await client.query(sql);
    } catch (error) {
      const message = `pg_restore: error: could not execute query: ${serverMessage(error)}\nCommand was: ${shortened(sql)}\n`;
      if (plan.stops) throw new ToolFailure(message);
      call.complain(`${message}\n`);
      errors += 1;
    }
  }
  if (plan.isOne) await client.query("commit");
  if (errors === 0) return 0;
  call.complain(`pg_restore: warning: errors ignored on restore: ${errors}\n`);
  return 1;
}

/** INSERTs carry whole tables, and their rows may be secrets: an error shows only the beginning. */
function shortened(sql: string): string {
  return sql.startsWith("INSERT INTO") ? `${sql.slice(0, sql.indexOf("\n"))} …` : sql;
}

async function writeScript(call: ToolCall, file: string, statements: AsyncIterable<RestoreStatement>): Promise<number> {
  if (file === "-") {
    for await (const { sql } of statements) await call.out(`${sql}\n\n`);
    return 0;
  }
  const handle = await open(file, "w");
  try {
    for await (const { sql } of statements) await handle.write(`${sql}\n\n`);
  } finally {
    await handle.close();
  }
  return 0;
}

function contents(header: ArchiveHeader, choice: RestoreChoice): string {
  const lines = [
    ";",
    `; Archive created at ${header.created.slice(0, 19).replace("T", " ")} UTC`,
    `;     dbname: ${header.database}`,
    `;     TOC Entries: ${header.entries.length}`,
    ";     Compression: -1",
    ";     Dump Version: simulated",
    ";     Format: CUSTOM",
    `;     Dumped from database version: ${header.serverVersion}`,
    `;     Dumped by pg_dump version: ${header.toolVersion} (simulated by kong-upgrade practice)`,
    ";",
    ";",
    "; Selected TOC Entries:",
    ";",
  ];
  for (const entry of header.entries) {
    if (choice.schemas.length > 0 && !choice.schemas.includes(entry.schema)) continue;
    lines.push(`${entry.id}; 0 ${entry.oid} ${entry.kind} ${entry.schema} ${entry.tag} ${entry.owner}`);
  }
  return `${lines.join("\n")}\n`;
}
