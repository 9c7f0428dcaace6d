/**
 * Stand-ins for PostgreSQL's client programs: `node main.ts <tool> <server version> <the tool's arguments>`; the launchers
 * that `prepare.ts` writes call it. For practice on machines without the real ones, and for databases of that size.
 * They keep tables, columns, defaults, constraints, indexes, sequences, enums, functions, triggers, views and rows; comments,
 * grants and statistics are left out; other kinds of objects end the dump with an error. Archives are in a format of their own.
 */
import { once } from "node:events";
import { enableCompileCache } from "node:module";
import { compileCache } from "#practice/world/compile-cache.ts";
import { ToolFailure, pgTools } from "./tool-failure.ts";
import type { PgTool, ToolCall } from "./tool-failure.ts";

type Program = (call: ToolCall) => Promise<number>;

// Each call is a process of its own: what Node compiled is kept, and only the program that is called is loaded.
enableCompileCache(compileCache);
const programs: Readonly<Record<PgTool, () => Promise<Program>>> = {
  pg_dump: async () => (await import("./pg-dump.ts")).pgDump,
  pg_restore: async () => (await import("./pg-restore.ts")).pgRestore,
  psql: async () => (await import("./psql.ts")).psql,
  createdb: async () => (await import("./database-tools.ts")).createdb,
  dropdb: async () => (await import("./database-tools.ts")).dropdb,
};

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
    const call = await programs[program]();
    return await call({
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
