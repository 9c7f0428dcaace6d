import { databaseLogin, readSchemaMeta } from "#src/discovery/kong-database.ts";
import type { MigrationState } from "#src/kong/facts.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { compareMigrations } from "./compare-migrations.ts";

/**
 * Judges what a package says about its migrations. Where the runner reaches the database, `schema_meta` has to agree: an
 * old package calls a newer schema up to date.
 */
export async function judgeMigrations(
  said: MigrationState,
  { oneOf, who }: { readonly oneOf: readonly MigrationState["state"][]; readonly who: string },
  { environment, ports }: Pick<ProbeContext, "environment" | "ports">,
): Promise<Answer> {
  const { database } = environment;
  const compared =
    database === undefined || said.state === "needs_bootstrap"
      ? undefined
      : compareMigrations(
          said,
          await readSchemaMeta(await databaseLogin(environment, { name: database.name, as: "kong" }, ports), ports),
        );
  if (compared?.kind === "newer") {
    return bad(`the schema is newer than ${who}, which says "${words(said.state)}" without seeing it`, [
      ...compared.differences,
    ]);
  }
  if (compared?.kind === "contradiction") {
    return unclear(`${who} and schema_meta contradict each other`, [...compared.differences, ...openOf(said)]);
  }
  const summary =
    said.state === "needs_bootstrap"
      ? `${who} finds an empty data store`
      : `migrations are ${words(said.state)} by ${who}${compared === undefined ? "" : " and schema_meta"}`;
  return oneOf.includes(said.state)
    ? good(summary, openOf(said))
    : bad(`${summary}, expected ${oneOf.map(words).join(" or ")}${wayOn(said)}`, openOf(said));
}

/** An `up` that was cut off between two migrations leaves both kinds, and refuses to run again (recorded with Kong 3.4.2). */
function wayOn({ state }: MigrationState): string {
  return state === "pending_and_new"
    ? ": an up was cut off, or an earlier finish forgotten. Kong goes on only by finish, then up and finish again, and that first finish is already the point of no return"
    : "";
}

/** What is still to be done, by subsystem. */
function openOf(said: MigrationState): readonly string[] {
  return [
    ...Object.entries(said.pending).map(([subsystem, names]) => `pending ${subsystem}: ${names.join(", ")}`),
    ...Object.entries(said.new).map(([subsystem, names]) => `new ${subsystem}: ${names.join(", ")}`),
  ];
}

function words(state: string): string {
  return state.replaceAll("_", " ");
}
