import { Client, DatabaseError } from "pg";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import { valueOf } from "#practice/kong/configuration/configuration.ts";
import type { Configuration } from "#practice/kong/configuration/configuration.ts";

/** One session on Kong's database. Ends without waiting for statements that still run, as the real one does. */
export interface KongDatabase extends AsyncDisposable {
  readonly client: Client;
  readonly name: string;
}

/**
 * Opens a session with `timeoutMs` for the connection and for every statement.
 * @throws KongFailure with the text in which Kong reports a database that cannot be reached (transcripts 07, 10).
 */
export async function openDatabase(configuration: Configuration, timeoutMs: number): Promise<KongDatabase> {
  const name = valueOf(configuration, "pg_database");
  const schema = valueOf(configuration, "pg_schema");
  const port = Number(valueOf(configuration, "pg_port"));
  const client = new Client({
    host: valueOf(configuration, "pg_host"),
    // Kong does not check the number: it just finds nobody there.
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : 1,
    user: valueOf(configuration, "pg_user"),
    password: valueOf(configuration, "pg_password"),
    database: name,
    ssl: false,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: "kong",
    ...(schema === "" ? {} : { options: `-c search_path=${schema}` }),
  });
  // A server that goes away between two statements is reported by the next one.
  client.on("error", () => undefined);
  let isScram = false;
  client.connection.on("authenticationSASL", () => {
    isScram = true;
  });
  try {
    await client.connect();
    await checkServerVersion(client);
  } catch (error) {
    if (error instanceof KongFailure) throw error;
    await client.end().catch(() => undefined);
    throw new KongFailure(
      `[PostgreSQL error] failed to retrieve PostgreSQL server_version_num: ${describeRefusal(error, isScram)}`,
    );
  }
  return {
    client,
    name,
    [Symbol.asyncDispose]: async () => {
      await client.end().catch(() => undefined);
    },
  };
}

/** What Kong's driver says about a failed statement: server errors with their severity, its own timeout in its own words. */
export function describeQueryError(error: unknown): string {
  if (error instanceof DatabaseError) {
    const detail = error.detail === undefined ? "" : `\n${error.detail}`;
    return `${error.severity ?? "ERROR"}: ${error.message}${detail}`;
  }
  if (error instanceof Error && error.message.includes("timeout"))
    return "receive_message: failed to get type: timeout";
  return "receive_message: failed to get type: closed";
}

/** Whether the statement was given up on while the server may still be busy with it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && !(error instanceof DatabaseError) && error.message.includes("timeout");
}

function describeRefusal(error: unknown, isScram: boolean): string {
  if (error instanceof DatabaseError) {
    if (error.code === "28P01" && isScram) return "authentication exchange unsuccessful";
    return `${error.severity ?? "FATAL"}: ${error.message}`;
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "host or service not provided, or not known";
  if (error instanceof Error && error.message.includes("timeout")) return "timeout";
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH") return "no route to host";
  return "connection refused";
}

async function checkServerVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ readonly server_version_num: string }>("show server_version_num");
  const number = Number(rows[0]?.server_version_num ?? "0");
  if (number >= 90_500) return;
  throw new KongFailure(
    `[PostgreSQL error] Kong requires PostgreSQL 9.5 or greater (currently using ${Math.floor(number / 10_000)})`,
  );
}
