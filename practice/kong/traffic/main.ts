/**
 * Client traffic and the upstream of the practice gateways: `node practice/kong/traffic/main.ts --port P --config FILE`.
 *
 * FILE is JSON: `{"upstream": {"port": 19100}, "nodes": [{"name": "kong-1", "proxy": "http://127.0.0.1:8000"}],
 * "requests": [{"path": "/orders", "expect": [200]}], "per_second": 5, "window_seconds": 60}`; `upstream` may be left out.
 * `GET http://127.0.0.1:P/` answers the figures, `?window=30` over the last 30 s (at most 600), and
 * `/api/v1/query` what kong-upgrade asks a Prometheus server. TERM or INT ends it.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { startTraffic } from "./traffic.ts";
import { startUpstream } from "./upstream.ts";

const config = z.object({
  upstream: z.object({ port: z.number() }).optional(),
  nodes: z.array(z.object({ name: z.string(), proxy: z.url() })),
  requests: z.array(
    z.object({
      path: z.string().startsWith("/"),
      method: z.string().optional(),
      headers: z.record(z.string(), z.string()).optional(),
      expect: z.array(z.number()).optional(),
    }),
  ),
  per_second: z.number().positive().max(100).optional(),
  window_seconds: z.number().positive().optional(),
});

const { values } = parseArgs({ options: { port: { type: "string" }, config: { type: "string" } } });
if (values.port === undefined || values.config === undefined) {
  process.stderr.write("usage: main.ts --port P --config FILE\n");
  process.exit(1);
}
const stopping = new AbortController();
const stopped = new Promise<void>((resolve) => {
  stopping.signal.addEventListener("abort", () => resolve());
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());

const wanted = config.parse(JSON.parse(await readFile(values.config, "utf8")));
const upstream = wanted.upstream === undefined ? undefined : await startUpstream(wanted.upstream);
const traffic = await startTraffic({
  nodes: wanted.nodes,
  requests: wanted.requests,
  perSecond: wanted.per_second,
  windowSeconds: wanted.window_seconds,
  port: Number(values.port),
});
process.stdout.write(`traffic figures on http://127.0.0.1:${traffic.port}/\n`);
await stopped;
await traffic.stop();
await upstream?.stop();
