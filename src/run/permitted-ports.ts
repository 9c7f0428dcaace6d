import { livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whyForbidden } from "./permits.ts";
import type { Workplace } from "./workplace.ts";

/** The ports by which this runner looks at an environment: looks start nothing either that its own file does not allow. */
export function permittedPorts(
  { resolveSecret, baseEnv, permits }: Pick<Workplace, "resolveSecret" | "baseEnv" | "permits">,
  environment: Environment,
): DiscoveryPorts {
  const ports = livePorts({ resolveSecret, baseEnv });
  return {
    ...ports,
    runCommand: async (call) => {
      const problem = whyForbidden(call, environment, permits);
      if (problem !== undefined) throw new Error(`nothing was run: ${problem}`);
      return ports.runCommand(call);
    },
  };
}
