import type { Client } from "pg";
import { connectionOptions, parseToolArguments } from "./tool-arguments.ts";
import type { ConnectionValues } from "./tool-arguments.ts";
import { connect, serverMessage, targetOf } from "./tool-connection.ts";
import { ToolFailure } from "./tool-failure.ts";
import type { ToolCall } from "./tool-failure.ts";

const maintenance = { "maintenance-db": { type: "string" }, echo: { type: "boolean", short: "e" } } as const;
const createOptions = {
  ...connectionOptions,
  ...maintenance,
  owner: { type: "string", short: "O" },
  encoding: { type: "string", short: "E" },
  template: { type: "string", short: "T" },
} as const;
const dropOptions = {
  ...connectionOptions,
  ...maintenance,
  "if-exists": { type: "boolean" },
  force: { type: "boolean", short: "f" },
} as const;

/** `createdb`. */
export async function createdb(call: ToolCall): Promise<number> {
  const { values, positionals } = parseToolArguments(call, createOptions);
  const name = positionals[0] ?? call.env["PGDATABASE"] ?? call.env["USER"] ?? "postgres";
  await withMaintenance(call, values, async (client) => {
    const clauses = [
      values.owner === undefined ? "" : ` OWNER ${client.escapeIdentifier(values.owner)}`,
      values.encoding === undefined ? "" : ` ENCODING ${client.escapeLiteral(values.encoding)}`,
      values.template === undefined ? "" : ` TEMPLATE ${client.escapeIdentifier(values.template)}`,
    ];
    await client
      .query(`CREATE DATABASE ${client.escapeIdentifier(name)}${clauses.join("")}`)
      .catch((error: unknown) => {
        throw new ToolFailure(`createdb: error: database creation failed: ${serverMessage(error)}`);
      });
  });
  return 0;
}

/** `dropdb`. */
export async function dropdb(call: ToolCall): Promise<number> {
  const { values, positionals } = parseToolArguments(call, dropOptions);
  const [name] = positionals;
  if (name === undefined) {
    throw new ToolFailure(
      'dropdb: error: missing required argument database name\ndropdb: hint: Try "dropdb --help" for more information.',
    );
  }
  await withMaintenance(call, values, async (client) => {
    client.on("notice", (notice) => call.complain(`${notice.severity ?? "NOTICE"}:  ${notice.message}\n`));
    const guard = values["if-exists"] === true ? "IF EXISTS " : "";
    const force = values.force === true ? " WITH (FORCE)" : "";
    await client.query(`DROP DATABASE ${guard}${client.escapeIdentifier(name)}${force}`).catch((error: unknown) => {
      throw new ToolFailure(`dropdb: error: database removal failed: ${serverMessage(error)}`);
    });
  });
  return 0;
}

async function withMaintenance(
  call: ToolCall,
  values: ConnectionValues & { readonly "maintenance-db"?: string | undefined },
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = await connect(call, targetOf(call, values, values["maintenance-db"] ?? "postgres"));
  try {
    await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
