import { setTimeout as delay } from "node:timers/promises";
import { Client, Pool, types } from "pg";
import type { ClientBase, ClientConfig, CustomTypesConfig, QueryResult } from "pg";
import type { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { knownDatabaseUrl } from "./database-url.ts";

/** Anything that a query can be sent to: a pool, or the one client of a transaction. */
export type Database = Pool | ClientBase;

/** The server gives up a statement after this. */
const statementTimeoutMs = 15_000;
/** We give up waiting a little later, for servers that do not answer at all. */
const queryTimeoutMs = 17_000;
const connectTimeoutMs = 5_000;
const farewellMs = 1_000;
const maxConnections = 10;

/** How every connection of this project is opened: bounded waits, and a dead peer is noticed. */
function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: knownDatabaseUrl(url),
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: "kong-upgrade",
  };
}

/** A pool whose idle connections may die without taking the process with them. @throws AppError `config_invalid` */
export function openPool(url: string): Pool {
  const pool = new Pool({ ...connectionConfig(url), max: maxConnections });
  // A lost idle connection is replaced at the next query, which reports what is wrong by itself.
  pool.on("error", () => undefined);
  return pool;
}

/**
 * A connection of its own, for what lives as long as a session: listening, advisory locks.
 * `lost` rejects when it ends, whoever ended it.
 * @throws AppError `database_unreachable`, `config_invalid`.
 */
export async function openSession(url: string): Promise<Session> {
  const client = new Client(connectionConfig(url));
  const { promise: lost, reject } = Promise.withResolvers<never>();
  client.on("error", (cause) => reject(unreachableDatabase(cause)));
  client.on("end", () => reject(unreachableDatabase(new Error("the connection ended"))));
  // Nobody may be waiting yet, or any more.
  lost.catch(() => undefined);
  try {
    await client.connect();
  } catch (cause) {
    throw unreachableDatabase(cause);
  }
  return {
    client,
    lost,
    // A server that vanished never answers the farewell.
    [Symbol.asyncDispose]: () => Promise.race([client.end(), delay(farewellMs, undefined, { ref: false })]),
  };
}

export interface Session extends AsyncDisposable {
  readonly client: Client;
  readonly lost: Promise<never>;
}

/**
 * Sends one statement and parses its rows.
 * @throws AppError `database_unreachable` when there is no answer, `database_unwritable` when it takes no writes; whatever
 * PostgreSQL itself complains about otherwise.
 */
export async function select<Schema extends z.ZodType>(
  database: Database,
  schema: Schema,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly z.output<Schema>[]> {
  const { rows } = await execute(database, text, values);
  return rows.map((row) => schema.parse(row));
}

/** Reads every jsonb of an answer by that, where it arrives; what it throws, the statement throws. */
export function jsonbReadBy(read: (text: string) => unknown): CustomTypesConfig {
  return {
    getTypeParser: (oid, format) => (oid === types.builtins.JSONB ? read : types.getTypeParser(oid, format)),
  };
}

/** Sends one statement; answers how many rows were touched, and those that it returns, as they came. */
export async function execute(
  database: Database,
  text: string,
  values: readonly unknown[] = [],
  typesOf?: CustomTypesConfig,
): Promise<QueryResult<Record<string, unknown>>> {
  const statement = {
    text,
    values: [...values],
    query_timeout: queryTimeoutMs,
    ...(typesOf === undefined ? {} : { types: typesOf }),
  };
  try {
    return await database.query<Record<string, unknown>>(statement);
  } catch (cause) {
    throw told(cause);
  }
}

/**
 * Runs statements in one transaction, so that a row that was locked stays locked until the work is done. What the work
 * throws undoes it.
 * @throws AppError `database_unreachable`, `database_unwritable`; whatever the work throws.
 */
export async function inTransaction<Value>(pool: Pool, work: (client: ClientBase) => Promise<Value>): Promise<Value> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw told(cause);
  });
  // A connection that dies between two statements tells nobody else; the next statement reports it.
  client.on("error", ignore);
  let isUsable = false;
  try {
    await execute(client, "begin isolation level read committed");
    const value = await work(client);
    await execute(client, "commit");
    isUsable = true;
    return value;
  } catch (cause) {
    // The first error is the one to tell; a connection that died has rolled back by itself.
    const isRolledBack = await execute(client, "rollback").then(
      () => true,
      () => false,
    );
    // After a failover it may lead to what is a standby by now; the next one looks the address up anew.
    isUsable = isRolledBack && !isUnwritable(cause);
    throw cause;
  } finally {
    client.off("error", ignore);
    client.release(!isUsable);
  }
}

function ignore(): void {
  // Whoever listens keeps an error from ending the process.
}

/** The error that people see when the record cannot be reached. */
function unreachableDatabase(cause: unknown): AppError {
  return new AppError(
    "database_unreachable",
    `PostgreSQL, where the record lies, does not answer (${errorMessage(cause) || codeOf(cause) || "no connection"}); check that it runs and that DATABASE_URL (host, port, user, password, database) is right, then try again: nothing that was recorded is lost`,
    { cause },
  );
}

/** The error that people see when the record can be read, and takes no writes. */
function unwritableDatabase(cause: unknown): AppError {
  const remedy =
    codeOf(cause) === readOnly
      ? "see that DATABASE_URL leads to the primary and no standby"
      : "make room on its disk, or give it the memory that it needs";
  return new AppError(
    "database_unwritable",
    `PostgreSQL, where the record lies, takes no writes (${errorMessage(cause)}); ${remedy}, then try again: nothing that was recorded is lost`,
    { cause },
  );
}

/** In words for people where they can do something about it. */
function told(cause: unknown): unknown {
  if (isUnreachable(cause)) return unreachableDatabase(cause);
  return unwritableCodes.has(codeOf(cause) ?? "") ? unwritableDatabase(cause) : cause;
}

function isUnwritable(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === "database_unwritable";
}

/** SQLSTATE or system error code of what was thrown. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

/** Name of the constraint that a row would have violated. */
export function constraintOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "constraint" in thrown && typeof thrown.constraint === "string"
    ? thrown.constraint
    : undefined;
}

const readOnly = "25006";
/** Read-only, disk full, out of memory (PostgreSQL docs, appendix A). */
const unwritableCodes = new Set([readOnly, "53100", "53200"]);

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);
/** What pg says, without a code, when a connection is gone or was never there (pg 8.23). */
const lostConnection =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|client was closed|not queryable/iu;

function isUnreachable(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (code === undefined) return thrown instanceof Error && lostConnection.test(thrown.message);
  // 08 connection exception · 28 authorisation · 3D no such database · 53 out of connections · 57P shutting down
  return networkCodes.has(code) || /^(?:08...|28...|3D000|53300|57P0[1-4])$/u.test(code);
}
