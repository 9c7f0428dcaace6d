import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import { z } from "zod";
import type { ArchiveHeader, DataLine } from "./archive-entry.ts";
import { writeArchive } from "./archive-file.ts";
import { restoreStatements } from "./restore-statements.ts";
import { schemaEntries } from "./schema-entries.ts";
import { insertStatements } from "./table-rows.ts";
import { connectionOptions, parseToolArguments } from "./tool-arguments.ts";
import { connect, serverMessage, targetOf } from "./tool-connection.ts";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

const dumpOptions = {
  ...connectionOptions,
  dbname: { type: "string", short: "d" },
  file: { type: "string", short: "f" },
  format: { type: "string", short: "F", default: "p" },
  schema: { type: "string", short: "n", multiple: true },
  "schema-only": { type: "boolean", short: "s" },
  "data-only": { type: "boolean", short: "a" },
  "no-owner": { type: "boolean", short: "O" },
  "no-privileges": { type: "boolean", short: "x" },
  "lock-wait-timeout": { type: "string" },
  compress: { type: "string", short: "Z" },
  jobs: { type: "string", short: "j" },
  verbose: { type: "boolean", short: "v" },
  clean: { type: "boolean", short: "c" },
  "if-exists": { type: "boolean" },
} as const;

const formats: Readonly<Record<string, "custom" | "directory" | "plain">> = {
  c: "custom",
  custom: "custom",
  d: "directory",
  directory: "directory",
  p: "plain",
  plain: "plain",
};

/** `pg_dump`: everything of one database from one snapshot. The output file is there before the database is asked, and stays. */
export async function pgDump(call: ToolCall): Promise<number> {
  const { values, positionals } = parseToolArguments(call, dumpOptions);
  const format = formats[values.format];
  if (format === undefined) throw new ToolFailure(`pg_dump: error: invalid output format "${values.format}" specified`);
  const sink = await openSink(call, values.file, format);
  try {
    const target = targetOf(call, values, values.dbname ?? positionals[0]);
    const client = await connect(call, target);
    try {
      await beginSnapshot(client, values["lock-wait-timeout"]);
      const entries = await schemaEntries(client, {
        schemas: values.schema ?? [],
        withSchema: values["data-only"] !== true,
        withData: values["schema-only"] !== true,
      });
      const { rows } = await client.query("show server_version");
      const header: ArchiveHeader = {
        created: new Date().toISOString(),
        database: target.database,
        serverVersion: z.string().parse(rows[0]?.server_version),
        toolVersion: call.version,
        entries,
      };
      const data = dataOf(client, header);
      if (format === "plain") await writePlain(header, data, { values, write: sink.write });
      else await writeArchive(header, data, sink.write);
      return 0;
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof ToolFailure) throw error;
    throw new ToolFailure(`pg_dump: error: query failed: ${serverMessage(error)}`);
  } finally {
    await sink.close();
  }
}

interface Sink {
  readonly write: (chunk: Buffer) => Promise<void>;
  close(): Promise<void>;
}

async function openSink(call: ToolCall, file: string | undefined, format: string): Promise<Sink> {
  if (file === undefined) {
    if (format === "directory") throw new ToolFailure("pg_dump: error: no output directory specified");
    return { write: (chunk) => call.out(chunk), close: () => Promise.resolve() };
  }
  try {
    if (format === "directory") await mkdir(file);
    const handle = await open(format === "directory" ? join(file, "toc.dat") : file, "w");
    return { write: async (chunk) => void (await handle.write(chunk)), close: () => handle.close() };
  } catch (error) {
    const what = format === "directory" ? "create directory" : "open output file";
    throw new ToolFailure(`pg_dump: error: could not ${what} "${file}": ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "No such file or directory";
  if (code === "EACCES") return "Permission denied";
  if (code === "EEXIST") return "File exists";
  if (code === "EISDIR") return "Is a directory";
  return error instanceof Error ? error.message : String(error);
}

/** One snapshot, texts in a form that any server reads alike, and all tables locked against changes of their form. */
async function beginSnapshot(client: Client, lockTimeout: string | undefined): Promise<void> {
  await client.query("begin isolation level repeatable read read only");
  for (const setting of [
    "search_path = ''",
    "datestyle = 'ISO'",
    "intervalstyle = 'postgres'",
    "timezone = 'UTC'",
    "extra_float_digits = 3",
  ]) {
    await client.query(`set local ${setting}`);
  }
  const { rows } = await client.query(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  );
  if (lockTimeout !== undefined) await client.query("select set_config('statement_timeout', $1, true)", [lockTimeout]);
  for (const row of rows) {
    const statement = `LOCK TABLE ${z.string().parse(row.name)} IN ACCESS SHARE MODE`;
    await client.query(statement).catch((error: unknown) => {
      throw new ToolFailure(
        `pg_dump: error: query failed: ${serverMessage(error)}\npg_dump: detail: Query was: ${statement}`,
      );
    });
  }
  await client.query("set local statement_timeout = 0");
}

async function* dataOf(client: Client, header: ArchiveHeader): AsyncGenerator<DataLine> {
  for (const entry of header.entries) {
    if (entry.kind !== "TABLE DATA") continue;
    for await (const sql of insertStatements(client, { schema: entry.schema, name: entry.tag }))
      yield { entry: entry.id, sql };
  }
}

async function writePlain(
  header: ArchiveHeader,
  data: AsyncIterable<DataLine>,
  options: { values: PlainValues; write: Sink["write"] },
): Promise<void> {
  const { values, write } = options;
  await write(
    Buffer.from(
      `--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ${header.serverVersion}\n-- Dumped by pg_dump version ${header.toolVersion} (simulated by kong-upgrade practice)\n\nSET standard_conforming_strings = on;\nSET check_function_bodies = false;\nSET search_path = '';\n\n`,
    ),
  );
  const wanted = {
    keepsOwner: values["no-owner"] !== true,
    cleans: values.clean === true,
    ifExists: values["if-exists"] === true,
    schemas: [],
    withSchema: true,
    withData: true,
  };
  for await (const { sql } of restoreStatements(header, data, wanted)) await write(Buffer.from(`${sql}\n\n`));
  await write(Buffer.from("--\n-- PostgreSQL database dump complete\n--\n\n"));
}

type PlainValues = { readonly [Name in "no-owner" | "clean" | "if-exists"]?: boolean | undefined };
