import { databaseOf } from "#src/plan/environment.ts";
import { readCliVersion, readMigrations } from "#src/discovery/kong-cli.ts";
import { databaseLogin, readSchemaMeta } from "#src/discovery/kong-database.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { compareMigrations } from "./compare-migrations.ts";
import { nodeOf } from "./node-of.ts";

/**
 * Asks the node's own CLI and `schema_meta`, and wants both to agree: exit codes of `up` and `finish` prove nothing, an
 * old CLI calls a newer schema up to date, and with `database = off` the CLI calls everything executed without looking
 * (Kong 2.8.5 to 3.9.3).
 */
export async function migrations(
  { node: name, oneOf }: Extract<Probe, { readonly kind: "migrations" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(environment, name);
  const cliVersion = await readCliVersion(environment, node, ports);
  const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports);
  const [said, rows] = await Promise.all([
    readMigrations(environment, { node, cliVersion }, ports),
    readSchemaMeta(login, ports),
  ]);
  const details = [
    ...Object.entries(said.pending).map(([subsystem, names]) => `pending ${subsystem}: ${names.join(", ")}`),
    ...Object.entries(said.new).map(([subsystem, names]) => `new ${subsystem}: ${names.join(", ")}`),
  ];
  const comparison = compareMigrations(said, rows);
  switch (comparison.kind) {
    case "newer":
      return bad(
        `the schema is newer than Kong ${cliVersion} on ${name}, which says "${words(said.state)}" without seeing it`,
        comparison.differences,
      );
    case "contradiction":
      return unclear(`Kong ${cliVersion} on ${name} and schema_meta contradict each other`, [
        ...comparison.differences,
        ...details,
      ]);
    case "agree": {
      const isExpected = oneOf.some((state) => state === said.state);
      const summary = `migrations are ${words(said.state)} by Kong ${cliVersion} and schema_meta`;
      return isExpected
        ? good(summary, details)
        : bad(`${summary}, expected ${oneOf.map(words).join(" or ")}`, details);
    }
  }
}

function words(state: string): string {
  return state.replaceAll("_", " ");
}
