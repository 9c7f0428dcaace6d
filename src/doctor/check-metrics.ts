import { openAdmin } from "#src/discovery/admin-client.ts";
import { readErrorRate } from "#src/discovery/measure.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { readNodeTotals } from "#src/discovery/traffic/kong-totals.ts";
import { askCommand } from "#src/discovery/traffic/metrics-command.ts";
import { askQuery, queryNames } from "#src/discovery/traffic/prometheus-server.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Examination } from "./examine.ts";
import { ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

type Metrics = NonNullable<Environment["metrics"]>;
type Source<From extends Metrics["from"]> = Extract<Metrics, { readonly from: From }>;

/** Beyond the command's own time limit. */
const graceMs = 5_000;

/**
 * Whether the figures by which a new version is judged can be read now: a source that answers only in the night of the
 * upgrade, or not even then, would leave every judgement to a person. `nodes` are those that are looked at.
 */
export function metricsExaminations(
  environment: Environment,
  nodes: readonly KongNode[],
  ports: DiscoveryPorts,
): readonly Examination[] {
  const { metrics, soak } = environment;
  return [
    ...(metrics === undefined ? [] : ofSource(metrics, environment, { nodes, ports })),
    ...(soak.metricsUrl === undefined ? [] : [ofAddress(soak.metricsUrl, environment, ports)]),
  ];
}

interface Means {
  readonly nodes: readonly KongNode[];
  readonly ports: DiscoveryPorts;
}

function ofSource(metrics: Metrics, environment: Environment, { nodes, ports }: Means): readonly Examination[] {
  switch (metrics.from) {
    case "kong":
      return nodes.map((node) => ofNode(node, environment, ports));
    case "prometheus":
      return Object.keys(queryNames)
        .filter((name) => isQuery(name))
        .map((name) => ofQuery(metrics, name, { environment, ports }));
    case "command":
      return [ofCommand(metrics, environment, ports)];
    default:
      return unreachable(metrics);
  }
}

function isQuery(name: string): name is keyof typeof queryNames {
  return Object.hasOwn(queryNames, name);
}

function ofQuery(
  metrics: Source<"prometheus">,
  name: keyof typeof queryNames,
  { environment, ports }: { readonly environment: Environment; readonly ports: DiscoveryPorts },
): Examination {
  const word = queryNames[name];
  const about = { area: "metrics", subject: `${environment.name}: query ${word}` } as const;
  const fix = `see that metrics.url can be reached from here, and that metrics.queries.${word} gives one number there`;
  return {
    ...about,
    fix,
    look: async () => [
      figureFinding(about, await askQuery(metrics, name, ports), { isNeeded: name === "requestRate" }),
    ],
  };
}

/** Nothing is no mistake by itself: latencies and failures are only there with traffic. */
function figureFinding(
  about: { readonly area: "metrics"; readonly subject: string },
  figure: number | undefined,
  { isNeeded }: { readonly isNeeded: boolean },
): Finding {
  if (figure !== undefined) return ok(about, `${Number(figure.toPrecision(4))} now`);
  const what = isNeeded
    ? "answers, but knows no number now; without requests per second nothing is judged by itself"
    : "answers, but knows no number now (no series, or nothing to divide by)";
  return warning(about, what, "send some requests through the proxies and look again; else correct the query");
}

function ofCommand(metrics: Source<"command">, { name }: Environment, ports: DiscoveryPorts): Examination {
  const [program = ""] = metrics.argv;
  const about = { area: "metrics", subject: `${name}: ${program}` } as const;
  return {
    ...about,
    fix: "see that the command of `metrics:` can be run by the account of the runner, and prints what README.md says",
    timeoutMs: metrics.timeoutMs + graceMs,
    look: async () => [figureFinding(about, (await askCommand(metrics, ports)).request_rate, { isNeeded: true })],
  };
}

function ofNode(node: KongNode, environment: Environment, ports: DiscoveryPorts): Examination {
  const about = { area: "metrics", subject: `${node.name}: requests that it counted` } as const;
  const fix = "see that the node runs, and that its status or admin address can be reached from here";
  return {
    ...about,
    fix,
    look: async () => {
      const { countedBy, requests, errors, buckets } = await readNodeTotals(node, ports, openAdmin(environment, ports));
      const missing = [
        ...(errors === undefined ? ["failed requests"] : []),
        ...(buckets === undefined ? ["latencies"] : []),
      ];
      const seen = `${requests} requests, counted by ${countedBy === "plugin" ? "the Prometheus plugin" : "nginx"}`;
      const more = `it tells no ${missing.join(" and no ")}, so these are not judged`;
      const how =
        "switch the Prometheus plugin on (from 3.0 on with status_code_metrics and latency_metrics), and send some requests through the proxy";
      return [missing.length === 0 ? ok(about, seen) : warning(about, `${seen}; ${more}`, how)];
    },
  };
}

function ofAddress(url: string, { name }: Environment, ports: DiscoveryPorts): Examination {
  const about = { area: "metrics", subject: `${name}: soak.metrics_url` } as const;
  return {
    ...about,
    fix: "see that the address can be reached from here and answers {requests, errors, error_rate}",
    look: async () => {
      const { requests, errors } = await readErrorRate(url, ports);
      return [ok(about, `${requests} requests, ${errors} of them failed`)];
    },
  };
}
