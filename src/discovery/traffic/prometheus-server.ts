import { z } from "zod";
import type { Environment } from "#src/plan/environment.ts";
import { limits } from "#src/discovery/limits.ts";
import type { DiscoveryPorts, HttpAccess } from "#src/discovery/ports.ts";
import type { Told } from "./told-figures.ts";

type Server = Extract<NonNullable<Environment["metrics"]>, { readonly from: "prometheus" }>;

/** Instant queries (Prometheus HTTP API v1): a list with one entry, a scalar, or an error with its sentence. */
const pointSchema = z.tuple([z.number(), z.string()]);
const successSchema = z.object({
  status: z.literal("success"),
  /** Also tells that a part of the servers behind it did not answer (Prometheus remote read, Thanos, Mimir). */
  warnings: z.array(z.string()).nullish(),
  /** The same of VictoriaMetrics. */
  isPartial: z.boolean().nullish(),
  data: z.discriminatedUnion("resultType", [
    z.object({ resultType: z.literal("vector"), result: z.array(z.object({ value: pointSchema })) }),
    z.object({ resultType: z.literal("scalar"), result: pointSchema }),
  ]),
});
const answerSchema = z.discriminatedUnion("status", [
  successSchema,
  z.object({ status: z.literal("error"), error: z.string() }),
]);

type QueryName = keyof Server["queries"];

/** How the configuration calls each query. */
export const queryNames = {
  requestRate: "request_rate",
  errorRate: "error_rate",
  p50Ms: "p50",
  p95Ms: "p95",
  p99Ms: "p99",
} as const satisfies Readonly<Record<QueryName, string>>;

/** Asks a Prometheus server for every figure. @throws Error that says which query was not answered, and how */
export async function askPrometheus(server: Server, ports: DiscoveryPorts): Promise<Told> {
  const ask = (name: QueryName): Promise<number | undefined> => askQuery(server, name, ports);
  const [request_rate, error_rate, p50_ms, p95_ms, p99_ms] = await Promise.all([
    ask("requestRate"),
    ask("errorRate"),
    ask("p50Ms"),
    ask("p95Ms"),
    ask("p99Ms"),
  ]);
  return { request_rate, error_rate, p50_ms, p95_ms, p99_ms };
}

/** One figure; undefined where the server knows none now. @throws Error as `askPrometheus` */
export async function askQuery(server: Server, name: QueryName, ports: DiscoveryPorts): Promise<number | undefined> {
  const asked = { server, name: queryNames[name], query: server.queries[name] };
  return queryOne(asked, ports, await accessOf(server, ports));
}

async function accessOf({ token }: Server, ports: DiscoveryPorts): Promise<HttpAccess | undefined> {
  if (token === undefined) return undefined;
  return { headers: { authorization: `Bearer ${(await ports.resolveSecret(token)).trim()}` } };
}

async function queryOne(
  { server, name, query }: { readonly server: Server; readonly name: string; readonly query: string },
  ports: DiscoveryPorts,
  access: HttpAccess | undefined,
): Promise<number | undefined> {
  const url = `${server.url.replace(/\/+$/u, "")}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const answer = await ports.fetchJson({
    url,
    timeoutMs: limits.httpTimeoutMs,
    ...(access === undefined ? {} : { access }),
  });
  const parsed = answerSchema.safeParse(answer.body);
  // Errors come with other statuses and a sentence of their own; figures of a broken server are none.
  const isWhole = parsed.success && (parsed.data.status === "error" || answer.status === 200);
  if (!isWhole) throw new Error(`${server.url} answered the query ${name} with HTTP ${answer.status}`);
  if (parsed.data.status === "error") throw new Error(`${server.url} refused the query ${name}: ${parsed.data.error}`);
  const { data } = parsed.data;
  const missing = whyPartial(parsed.data);
  if (missing !== undefined) throw new Error(`${server.url} answered the query ${name} in part${missing}`);
  if (data.resultType === "scalar") return numberOf(data.result[1]);
  if (data.result.length > 1)
    throw new Error(`the query ${name} gives ${data.result.length} series instead of one; sum or aggregate them`);
  return numberOf(data.result[0]?.value[1]);
}

/** What an incomplete answer says of itself. Notes about the query alone begin with `PromQL` (Prometheus HTTP API). */
function whyPartial({ warnings, isPartial }: z.output<typeof successSchema>): string | undefined {
  const warning = (warnings ?? []).find((each) => !each.startsWith("PromQL "));
  if (warning !== undefined) return `: ${warning}`;
  return isPartial === true ? ": some of its stores did not answer" : undefined;
}

/** Prometheus writes numbers as texts; NaN and the infinities tell nothing. */
function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) || value < 0 ? undefined : value;
}
