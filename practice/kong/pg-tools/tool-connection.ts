import { Client, DatabaseError } from "pg";
import type { ConnectionValues } from "./tool-arguments.ts";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

const connectTimeoutMs = 10_000;

/** Which database a call means: options first, then a connection string, then PG* variables. */
export function targetOf(call: ToolCall, values: ConnectionValues, database: string | undefined): Target {
  const { env } = call;
  const given = database?.includes("://") === true ? fromUri(database) : { database };
  const user = firstOf([values.username, given.user, env["PGUSER"], env["USER"]]) ?? "postgres";
  return {
    host: firstOf([values.host, given.host, env["PGHOST"]]) ?? "localhost",
    port: Number(firstOf([values.port, given.port, env["PGPORT"]]) ?? "5432"),
    user,
    password: firstOf([given.password, env["PGPASSWORD"]]),
    database: firstOf([given.database, env["PGDATABASE"]]) ?? user,
  };
}

type Given = Readonly<Partial<Record<"host" | "port" | "user" | "password" | "database", string | undefined>>>;

function fromUri(text: string): Given {
  const uri = new URL(text);
  return {
    host: uri.hostname,
    port: uri.port,
    user: decodeURIComponent(uri.username),
    password: decodeURIComponent(uri.password),
    database: decodeURIComponent(uri.pathname.slice(1)),
  };
}

/** The first that is given and not empty. */
function firstOf(values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

/** Where to connect. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
}

/** Connects; failures carry libpq's words after `<tool>: error: `. psql ends with 2, all others with 1. */
export async function connect(call: ToolCall, target: Target): Promise<Client> {
  const { host, port } = target;
  const client = new Client({
    ...target,
    // Values stay the texts that PostgreSQL sends.
    types: { getTypeParser: () => (value: string | Buffer) => value },
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: call.tool,
  });
  // A session that the server ends between two statements is reported by the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    const reason = connectionProblem(error, target);
    const where = reason.startsWith("could not translate")
      ? ""
      : `connection to server at "${host}", port ${port} failed: `;
    throw new ToolFailure(`${call.tool}: error: ${where}${reason}`, call.tool === "psql" ? 2 : 1);
  }
}

/** `ERROR:  …` with detail and hint, as the real tools print a failed statement. */
export function serverMessage(error: unknown): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error);
  const lines = [`${error.severity ?? "ERROR"}:  ${error.message}`];
  if (error.detail !== undefined) lines.push(`DETAIL:  ${error.detail}`);
  if (error.hint !== undefined) lines.push(`HINT:  ${error.hint}`);
  return lines.join("\n");
}

function connectionProblem(error: unknown, { host, port }: Target): string {
  if (error instanceof DatabaseError) return `${error.severity ?? "FATAL"}:  ${error.message}`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ECONNREFUSED") {
    return "Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?";
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `could not translate host name "${host}" to address: Name or service not known`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("password must be a")) return "fe_sendauth: no password supplied";
  if (message.includes("timeout")) return "timeout expired";
  return Number.isInteger(port) ? message : `invalid integer value "${port}" for connection option "port"`;
}
