import { catOf, livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { lookElsewhere } from "./look-elsewhere.ts";
import { whyForbidden } from "./permits.ts";
import type { Workplace } from "./workplace.ts";

/** The ports by which this runner looks at an environment: looks start nothing either that its own file does not allow. */
export function permittedPorts(
  {
    resolveSecret,
    baseEnv,
    permits,
    transports,
  }: Pick<Workplace, "resolveSecret" | "baseEnv" | "permits" | "transports">,
  environment: Environment,
): DiscoveryPorts {
  const ports = livePorts({ resolveSecret, baseEnv, elsewhere: lookElsewhere(transports) });
  const check = (start: Parameters<typeof whyForbidden>[0]): void => {
    const problem = whyForbidden(start, environment, permits);
    if (problem !== undefined) throw new Error(`nothing was run: ${problem}`);
  };
  return {
    ...ports,
    runCommand: async (call) => {
      check(call);
      return ports.runCommand(call);
    },
    readText: async (path, timeoutMs, via) => {
      if (via !== undefined) check({ argv: catOf(path), via });
      return ports.readText(path, timeoutMs, via);
    },
  };
}
