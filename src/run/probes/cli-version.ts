import { readCliVersion } from "#src/discovery/kong-cli.ts";
import { sideOf } from "#src/plan/sides.ts";
import type { Probe } from "#src/plan/probe.ts";
import { isSameVersion } from "./same-version.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";

/** Asks the installed package of a node for its version. */
export async function cliVersion(
  { node, version }: Extract<Probe, { readonly kind: "cli_version" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const installed = await readCliVersion(sideOf(environment, node), nodeOf(environment, node), ports, version);
  return isSameVersion(installed, version)
    ? good(`${node} has Kong ${installed} installed`)
    : bad(`${node} has Kong ${installed} installed, expected ${version}`);
}
