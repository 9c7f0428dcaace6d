import { readErrorRate } from "#src/discovery/measure.ts";
import { openTraffic } from "#src/discovery/traffic/open-traffic.ts";
import type { TrafficSource } from "#src/discovery/traffic/open-traffic.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { thinned, together } from "#src/plan/traffic.ts";
import type { TrafficFigures, TrafficPoint } from "#src/plan/traffic.ts";
import type { StepContext } from "#src/run/step-context.ts";

/** The proxies that the step names, of either cluster; every old one where it names none. */
export function watchedNodes({ environment, step }: StepContext): readonly KongNode[] {
  const named = allNodes(environment).filter(({ name }) => step.targets.includes(name));
  return (named.length > 0 ? named : environment.nodes).filter(({ role }) => role !== "control_plane");
}

/** A look at the proxies, or why there was none. */
export type Look = { readonly figures: TrafficFigures } | { readonly problem: string };

/** Reads the figures that the runner's own configuration names; undefined where it names none. */
export async function openFigures(
  context: StepContext,
  metricsUrl: string | undefined,
): Promise<(() => Promise<Look>) | undefined> {
  const { environment, ports } = context;
  const { metrics } = environment;
  if (metrics !== undefined) {
    const source = await openTraffic(metrics, { environment, nodes: watchedNodes(context) }, ports).catch(failing);
    return () => lookAt(source, context);
  }
  if (metricsUrl === undefined) return undefined;
  return () => lookAt({ read: async () => figuresOfRate(await readErrorRate(metricsUrl, ports)) }, context);
}

/** What cannot even be opened says why at every look. */
function failing(error: unknown): TrafficSource {
  return {
    read: async () => {
      throw error;
    },
  };
}

/** The figures of an address that tells a share alone. */
export function figuresOfRate({ requests, rate }: NonNullable<Measurements["errorRate"]>): TrafficFigures {
  return { requests, errorRate: rate };
}

async function lookAt(source: TrafficSource, { redactor }: StepContext): Promise<Look> {
  try {
    return { figures: await source.read() };
  } catch (error) {
    return { problem: redactor.redactText(errorMessage(error)) };
  }
}

/** What was seen, as the record keeps it. */
export function curveOf(
  points: readonly TrafficPoint[],
  counted: readonly TrafficFigures[] = points,
): NonNullable<Measurements["traffic"]> {
  return { figures: together(counted), points: thinned(points) };
}
