/**
 * The running totals of one node that a soak needs, summed over services, routes, consumers and workspaces. They begin
 * again at 0 when the node is restarted.
 */
export interface NodeTotals {
  readonly requests: number;
  /** Requests that were answered with a status of 500 or more; absent where the node tells no statuses. */
  readonly errors?: number;
  /** Requests that took at most so many milliseconds, by that bound; absent where the node tells no latencies. */
  readonly buckets?: ReadonlyMap<number, number>;
}

/** More lines of one answer are not looked at; 20,000 routes with latencies make some 600,000. */
const maxLines = 2_000_000;

/**
 * Reads the answer of Kong's Prometheus plugin (text format 0.0.4). Counters by status are `kong_http_status` up to 2.8
 * and `kong_http_requests_total` from 3.0 on; latencies are `kong_latency` with type "request", then
 * `kong_request_latency_ms` (Kong 2.8.5 and 3.0.2, kong/plugins/prometheus/exporter.lua). Up to 2.8 the second counter
 * may be there without statuses, so only lines with a code count. Undefined where there are none: from 3.0 on statuses
 * and latencies are only counted where the plugin's configuration says so. A sum that lacks a line which could not be read
 * is not told either: it would be too small.
 */
export function readMetricsText(text: string): Partial<NodeTotals> {
  const sums: Sums = { requests: 0, errors: 0, hasStatuses: false, buckets: new Map() };
  const unreadable = new Set<string>();
  for (const line of linesOf(text)) {
    if (!line.startsWith("kong_")) continue;
    const sample = readSample(line);
    if (sample === undefined) unreadable.add(nameOf(line));
    else add(sums, sample);
  }
  const isWhole = (names: ReadonlySet<string>): boolean => [...names].every((name) => !unreadable.has(name));
  const { requests, errors, hasStatuses, buckets } = sums;
  // Without the last bucket nobody knows how many requests took longer than all bounds.
  const hasSlowest = buckets.has(Number.POSITIVE_INFINITY);
  return {
    ...(hasStatuses && isWhole(statusCounters) ? { requests, errors } : {}),
    ...(hasSlowest && isWhole(latencyBuckets) ? { buckets } : {}),
  };
}

interface Sums {
  requests: number;
  errors: number;
  hasStatuses: boolean;
  readonly buckets: Map<number, number>;
}

function add(sums: Sums, { name, labels, value }: Sample): void {
  const code = Number(labels.get("code"));
  if (statusCounters.has(name) && Number.isInteger(code) && code > 0) {
    sums.hasStatuses = true;
    sums.requests += value;
    if (code >= 500) sums.errors += value;
  }
  const isLatency = name === "kong_request_latency_ms_bucket";
  if (isLatency || (name === "kong_latency_bucket" && labels.get("type") === "request")) {
    const bound = boundOf(labels.get("le"));
    if (bound !== undefined) sums.buckets.set(bound, (sums.buckets.get(bound) ?? 0) + value);
  }
}

const statusCounters: ReadonlySet<string> = new Set(["kong_http_status", "kong_http_requests_total"]);
const latencyBuckets: ReadonlySet<string> = new Set(["kong_request_latency_ms_bucket", "kong_latency_bucket"]);

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let count = 0; start < text.length && count < maxLines; count += 1) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end === -1 ? text.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/guy;

/** One line, `name{label="value"} number [time]`; undefined for anything else, and for numbers that no counter has. */
function readSample(line: string): Sample | undefined {
  const name = nameOf(line);
  const nameEnd = name.length;
  if (nameEnd === line.length) return undefined;
  const labels = new Map<string, string>();
  let position = nameEnd;
  if (line[position] === "{") {
    position += 1;
    labelPattern.lastIndex = position;
    for (let match = labelPattern.exec(line); match !== null; match = labelPattern.exec(line)) {
      labels.set(match[1] ?? "", match[2] ?? "");
      position = labelPattern.lastIndex;
      if (line[position] !== ",") break;
      position += 1;
      labelPattern.lastIndex = position;
    }
    if (line[position] !== "}") return undefined;
    position += 1;
  }
  const [word = ""] = line.slice(position).trim().split(/\s+/u);
  const value = Number(word);
  if (word === "" || !Number.isFinite(value) || value < 0) return undefined;
  return { name, labels, value };
}

function nameOf(line: string): string {
  const end = line.search(/[{ ]/u);
  return end === -1 ? line : line.slice(0, end);
}

function boundOf(text: string | undefined): number | undefined {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  const bound = Number(text);
  return text === undefined || text === "" || !Number.isFinite(bound) || bound < 0 ? undefined : bound;
}
