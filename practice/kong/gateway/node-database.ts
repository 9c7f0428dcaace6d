import { DatabaseError, Pool } from "pg";
import type { PoolClient, QueryConfig } from "pg";
import type { DatabaseSettings } from "./node-settings.ts";

/** A row as it comes from the database; its values are parsed where they are used. */
type Row = Readonly<Record<string, unknown>>;

/** The node's connection to its PostgreSQL. */
export interface NodeDatabase {
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** As `query`, for what is asked again and again under one name: the server plans it once per connection. */
  repeated(name: string, sql: string): Promise<readonly Row[]>;
  /** Whether the database answers now; never throws. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens a small pool; nothing is connected before the first query. */
export function openNodeDatabase(
  settings: DatabaseSettings | undefined,
  missingTables: "error" | "empty",
): NodeDatabase {
  if (settings === undefined) return withoutDatabase;
  const pool = new Pool({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password ?? "",
    database: settings.database,
    max: 4,
    connectionTimeoutMillis: Math.min(settings.timeoutMs, 5_000),
    query_timeout: settings.timeoutMs,
    application_name: "kong (practice gateway)",
  });
  // A pooled connection that the server ends is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  let isClosed = false;

  async function connect(): Promise<PoolClient> {
    try {
      return await pool.connect();
    } catch (cause) {
      throw new Error(`no connection to database ${settings?.database} at ${settings?.host}:${settings?.port}`, {
        cause,
      });
    }
  }

  async function send(statement: QueryConfig): Promise<readonly Row[]> {
    const client = await connect();
    let broken: Error | undefined;
    try {
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      if (missingTables === "empty" && sqlState(error) === "42P01") return [];
      // Errors of the statement carry an SQLSTATE and leave the connection usable, all others do not.
      if (error instanceof Error && sqlState(error) === undefined) broken = error;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    query: (text, values = []) => send({ text, values: [...values] }),
    repeated: (name, text) => send({ name, text }),
    isReachable: async () =>
      send({ text: "select 1" }).then(
        () => true,
        () => false,
      ),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await pool.end();
    },
  };
}

/** The SQLSTATE of an error that the server sent; undefined for errors of the connection. */
function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

const noDatabase = (): Promise<never> => Promise.reject(new Error("this node has no database (database = off)"));

const withoutDatabase: NodeDatabase = {
  query: noDatabase,
  repeated: noDatabase,
  isReachable: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};
