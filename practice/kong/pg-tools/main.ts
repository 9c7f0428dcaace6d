/**
 * Stand-ins for PostgreSQL's client programs: `node main.ts <tool> <server version> <the tool's arguments>`; the launchers
 * that `prepare.ts` writes call it. For practice on machines without the real ones, and for databases of that size.
 * They keep tables, columns, defaults, constraints, indexes, sequences, enums, functions, triggers, views and rows; comments,
 * grants and statistics are left out; other kinds of objects end the dump with an error. Archives are in a format of their own.
 */
import { once } from "node:events";
import { createdb, dropdb } from "./database-tools.ts";
import { pgDump } from "./pg-dump.ts";
import { pgRestore } from "./pg-restore.ts";
import { psql } from "./psql.ts";
import { ToolFailure, pgTools } from "./tool-failure.ts";
import type { PgTool, ToolCall } from "./tool-failure.ts";

const programs = { pg_dump: pgDump, pg_restore: pgRestore, psql, createdb, dropdb } as const satisfies Record<
  PgTool,
  (call: ToolCall) => Promise<number>
>;

const [, , name = "", version = "", ...args] = process.argv;
const tool = pgTools.find((one) => one === name);
if (tool === undefined) {
  process.stderr.write(`usage: main.ts ${pgTools.join("|")} SERVER-VERSION ARGUMENTS…\n`);
  process.exit(1);
}
process.exit(await run(tool));

async function run(program: PgTool): Promise<number> {
  if (args.includes("--version") || args.includes("-V")) {
    process.stdout.write(`${program} (simulated by kong-upgrade practice) ${version}\n`);
    return 0;
  }
  process.stderr.write(`${program}: simulated by kong-upgrade practice, not PostgreSQL's own program\n`);
  try {
    return await programs[program]({
      tool: program,
      args,
      version,
      env: process.env,
      out: async (text) => {
        if (!process.stdout.write(text)) await once(process.stdout, "drain");
      },
      complain: (text) => process.stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}
