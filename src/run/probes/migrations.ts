import { sideOf } from "#src/plan/sides.ts";
import { readCliVersion, readMigrations } from "#src/discovery/kong-cli.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import type { Answer } from "./answer.ts";
import { judgeMigrations } from "./judge-migrations.ts";
import { nodeOf } from "./node-of.ts";

/**
 * Asks the node's own CLI and `schema_meta`, and wants both to agree: exit codes of `up` and `finish` prove nothing, an
 * old CLI calls a newer schema up to date, and with `database = off` the CLI calls everything executed without looking
 * (Kong 2.8.5 to 3.9.3).
 */
export async function migrations(
  { node: name, oneOf, version }: Extract<Probe, { readonly kind: "migrations" }>,
  { environment: whole, ports }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(whole, name);
  const environment = sideOf(whole, name);
  const image = node.job === undefined ? undefined : version;
  const cliVersion = image ?? (await readCliVersion(environment, node, ports));
  const said = await readMigrations(
    environment,
    { node, cliVersion, ...(image === undefined ? {} : { image }) },
    ports,
  );
  return judgeMigrations(said, { oneOf, who: `Kong ${cliVersion} on ${name}` }, { environment, ports });
}
