import { databaseOf } from "#src/plan/databases-of.ts";
import { z } from "zod";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { limits } from "./limits.ts";
import type { DatabaseLogin, DiscoveryPorts } from "./ports.ts";
import { countRows, listTables } from "./table-measures.ts";

const serverSchema = z.tuple([z.object({ version: z.string(), bytes: z.coerce.number(), can_create: z.boolean() })]);

const namesSchema = z
  .array(z.string())
  .nullable()
  .transform((names) => names ?? []);

const schemaMetaSchema = z.array(z.object({ subsystem: z.string(), executed: namesSchema, pending: namesSchema }));

const lockSchema = z.array(
  z.object({ owner: z.string().nullable(), seconds_left: z.coerce.number() }).transform((row) => ({
    owner: row.owner ?? "unknown",
    secondsLeft: row.seconds_left,
  })),
);

type SchemaMeta = NonNullable<Facts["database"]>["schemaMeta"];
type MigrationLock = NonNullable<NonNullable<Facts["database"]>["lock"]>;

/** How to log in to a database of the environment, as Kong's role or as the one that may create databases. */
export async function databaseLogin(
  environment: Environment,
  database: { readonly name: string; readonly as: "kong" | "admin" },
  ports: DiscoveryPorts,
): Promise<DatabaseLogin> {
  const { host, port, user, password, admin } = databaseOf(environment);
  const role = database.as === "kong" ? { user, password } : admin;
  return {
    host,
    port,
    database: database.name,
    user: role.user,
    password: role.password === undefined ? undefined : await ports.resolveSecret(role.password),
  };
}

/** The rows of `schema_meta`, sorted by subsystem. @throws Error where the table is missing or unreadable. */
export async function readSchemaMeta(login: DatabaseLogin, ports: DiscoveryPorts): Promise<SchemaMeta> {
  return schemaMetaSchema.parse(
    await queryOne(
      "select subsystem, executed, pending from schema_meta where key = 'schema_meta' order by subsystem collate \"C\"",
      { login, ports },
    ),
  );
}

/** The migration lock that has not expired, judged by the clock of the database as Kong does; undefined where free. */
export async function readMigrationLock(
  login: DatabaseLogin,
  ports: DiscoveryPorts,
): Promise<MigrationLock | undefined> {
  const rows = await queryOne(
    "select owner, extract(epoch from ttl - now()) as seconds_left from locks where key = 'migrations' and ttl > now()",
    { login, ports },
  );
  return lockSchema.parse(rows)[0];
}

/** Version of the server, asked with Kong's own credentials. @throws Error where it does not let us in */
export async function readDatabaseVersion(environment: Environment, ports: DiscoveryPorts): Promise<string> {
  const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports);
  const rows = await queryOne("select current_setting('server_version') as version", { login, ports });
  return z.tuple([z.object({ version: z.string() })]).parse(rows)[0].version;
}

/** Everything of the Kong database that facts hold, but for what only `kong` itself can tell. */
export async function readDatabase(
  login: DatabaseLogin,
  ports: DiscoveryPorts,
): Promise<Omit<NonNullable<Facts["database"]>, "migrations">> {
  const [server] = serverSchema.parse(
    await queryOne(
      "select current_setting('server_version') as version, pg_database_size(current_database())::text as bytes, has_schema_privilege(current_schema(), 'CREATE') as can_create",
      { login, ports },
    ),
  );
  const tables = await listTables(login, ports);
  const isKong = tables.includes("schema_meta");
  const lock = tables.includes("locks") ? await readMigrationLock(login, ports) : undefined;
  return {
    serverVersion: server.version,
    sizeBytes: server.bytes,
    canCreateTables: server.can_create,
    schemaMeta: isKong ? await readSchemaMeta(login, ports) : [],
    counts: await countRows(login, ports),
    ...(lock === undefined ? {} : { lock }),
  };
}

async function queryOne(
  sql: string,
  { login, ports }: { readonly login: DatabaseLogin; readonly ports: DiscoveryPorts },
): Promise<readonly unknown[]> {
  const [rows = []] = await ports.querySql({ login, statements: [sql], timeoutMs: limits.sqlTimeoutMs });
  return rows;
}
