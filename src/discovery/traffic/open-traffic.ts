import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { TrafficFigures } from "#src/plan/traffic.ts";
import { openAdmin } from "#src/discovery/admin-client.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { countedBetween, figuresOf, sumOf } from "./differences.ts";
import { readNodeTotals } from "./kong-totals.ts";
import type { CountedTotals } from "./kong-totals.ts";
import { askCommand } from "./metrics-command.ts";
import { askPrometheus } from "./prometheus-server.ts";
import { figuresTold } from "./told-figures.ts";

/** Reads what the proxies do, again and again. */
export interface TrafficSource {
  /** What was done since the look before. @throws Error that says why nothing can be told this time */
  read(): Promise<TrafficFigures>;
}

type Metrics = NonNullable<Environment["metrics"]>;

/**
 * Opens the source that the environment names. Kong's own totals need a look before, so one is taken at once; a node
 * that cannot be read then is looked at again at the next time.
 */
export async function openTraffic(
  metrics: Metrics,
  watched: { readonly environment: Environment; readonly nodes: readonly KongNode[] },
  ports: DiscoveryPorts,
): Promise<TrafficSource> {
  switch (metrics.from) {
    case "kong":
      return openKong(watched, ports);
    case "prometheus":
      return telling(async (seconds) => figuresTold(await askPrometheus(metrics, ports), seconds, metrics.url));
    case "command":
      return telling(async (seconds) => figuresTold(await askCommand(metrics, ports), seconds, metrics.argv[0] ?? ""));
    default:
      return unreachable(metrics);
  }
}

/** A source that tells the time right now stands for the time since it was asked before. */
function telling(ask: (seconds: number) => Promise<TrafficFigures>): TrafficSource {
  let since = performance.now();
  return {
    read: async () => {
      const now = performance.now();
      const seconds = (now - since) / 1_000;
      since = now;
      return ask(seconds);
    },
  };
}

interface Look {
  readonly atMs: number;
  readonly totals: CountedTotals;
}

async function openKong(
  { environment, nodes }: { readonly environment: Environment; readonly nodes: readonly KongNode[] },
  ports: DiscoveryPorts,
): Promise<TrafficSource> {
  if (nodes.length === 0) throw new Error("no node is named whose requests could be counted");
  const admin = openAdmin(environment, ports);
  const before = new Map<string, Look>();
  const look = async (node: KongNode): Promise<Look | undefined> => {
    const earlier = before.get(node.name);
    // Forgotten until it is read again: what came in between would be told as if it came at once.
    before.delete(node.name);
    const totals = await readNodeTotals(node, ports, admin);
    before.set(node.name, { atMs: performance.now(), totals });
    return earlier;
  };
  await Promise.allSettled(nodes.map(look));
  return {
    read: async () => {
      const earlier = await Promise.all(nodes.map(async (node) => ({ node, look: await look(node) })));
      const stretches = earlier.map(({ node, look: was }) => stretchOf(node, was, before.get(node.name)));
      const seconds = Math.max(...stretches.map((stretch) => stretch.seconds));
      return figuresOf(sumOf(stretches.map(({ counted }) => counted)), seconds);
    },
  };
}

function stretchOf(
  node: KongNode,
  was: Look | undefined,
  now: Look | undefined,
): { readonly seconds: number; readonly counted: ReturnType<typeof countedBetween> } {
  if (was === undefined || now === undefined) throw new Error(`${node.name} was read for the first time just now`);
  if (was.totals.countedBy !== now.totals.countedBy)
    throw new Error(
      `${node.name} counts in another way than a moment ago: its Prometheus plugin was switched on or off`,
    );
  return { seconds: (now.atMs - was.atMs) / 1_000, counted: countedBetween(was.totals, now.totals) };
}
