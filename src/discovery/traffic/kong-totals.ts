import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { AdminClient } from "#src/discovery/admin-client.ts";
import { limits } from "#src/discovery/limits.ts";
import type { DiscoveryPorts, HttpAnswer } from "#src/discovery/ports.ts";
import { readMetricsText } from "./metrics-text.ts";
import type { NodeTotals } from "./metrics-text.ts";

/** Totals of one node; `nginx` counts every request of the node, also those to its Admin API, and no statuses. */
export interface CountedTotals extends NodeTotals {
  readonly countedBy: "plugin" | "nginx";
}

/** `GET /status`, the same on Admin API and status listener (recorded with Kong 2.8.5, 3.0.2, 3.4.2, 3.9.3). */
const statusSchema = z.object({ server: z.object({ total_requests: z.number().nonnegative() }) });

/**
 * What one node has counted since it was started: by the Prometheus plugin's `GET /metrics` of its status listener or
 * Admin API, else the requests alone, which `GET /status` tells without the plugin.
 * @throws Error that says what could not be read where
 */
export async function readNodeTotals(
  node: KongNode,
  ports: DiscoveryPorts,
  admin: AdminClient,
): Promise<CountedTotals> {
  const ask = asking(node, ports, admin);
  const metrics = await ask("/metrics");
  // The plugin's answer is no JSON; without the plugin there is no such address.
  const told = metrics.status === 200 ? readMetricsText(metrics.text ?? "") : {};
  if (told.requests !== undefined) return { ...told, requests: told.requests, countedBy: "plugin" };
  const status = await ask("/status");
  const parsed = statusSchema.safeParse(status.body);
  if (status.status !== 200 || !parsed.success)
    throw new Error(`${node.name}: GET /status answered HTTP ${status.status} without its number of requests`);
  // Latencies of the plugin next to nginx's requests would be weighed with the wrong number.
  return { requests: parsed.data.server.total_requests, countedBy: "nginx" };
}

function asking(node: KongNode, ports: DiscoveryPorts, admin: AdminClient): (path: string) => Promise<HttpAnswer> {
  const { status } = node;
  if (status === undefined) return (path) => naming(node, () => admin.ask(node, path));
  const base = status.replace(/\/+$/u, "");
  return (path) => naming(node, () => ports.fetchJson({ url: `${base}${path}`, timeoutMs: limits.httpTimeoutMs }));
}

async function naming(node: KongNode, ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await ask();
  } catch (error) {
    throw new Error(`${node.name}: ${errorMessage(error)}`, { cause: error });
  }
}
