import type { TrafficFigures } from "#src/plan/traffic.ts";
import type { NodeTotals } from "./metrics-text.ts";

/**
 * What was counted between two looks at one node. A total that went down means that the node was restarted in between:
 * then all of its totals began again at 0, and what it counted since is all that can be known.
 */
export function countedBetween(before: NodeTotals, now: NodeTotals): NodeTotals {
  return wasRestarted(before, now) ? now : minus(now, before);
}

function wasRestarted(before: NodeTotals, now: NodeTotals): boolean {
  if (now.requests < before.requests) return true;
  if (before.errors !== undefined && now.errors !== undefined && now.errors < before.errors) return true;
  return [...(before.buckets ?? [])].some(([bound, count]) => {
    const later = now.buckets?.get(bound);
    return later !== undefined && later < count;
  });
}

function minus(now: NodeTotals, before: NodeTotals): NodeTotals {
  const { buckets } = now;
  // A node that tells something for the first time tells all that it has counted so far, not what came in between.
  const areComparable = buckets !== undefined && before.buckets !== undefined;
  return {
    requests: now.requests - before.requests,
    ...(now.errors === undefined || before.errors === undefined ? {} : { errors: now.errors - before.errors }),
    ...(areComparable
      ? { buckets: new Map([...buckets].map(([bound, count]) => [bound, count - (before.buckets?.get(bound) ?? 0)])) }
      : {}),
  };
}

/** Several nodes as one: a figure that one of them does not tell is not told. */
export function sumOf(nodes: readonly NodeTotals[]): NodeTotals {
  const tellErrors = nodes.length > 0 && nodes.every(({ errors }) => errors !== undefined);
  const tellLatency = nodes.length > 0 && nodes.every(({ buckets }) => buckets !== undefined);
  const buckets = new Map<number, number>();
  for (const node of tellLatency ? nodes : []) {
    for (const [bound, count] of node.buckets ?? []) buckets.set(bound, (buckets.get(bound) ?? 0) + count);
  }
  return {
    requests: nodes.reduce((sum, { requests }) => sum + requests, 0),
    ...(tellErrors ? { errors: nodes.reduce((sum, { errors }) => sum + (errors ?? 0), 0) } : {}),
    ...(tellLatency ? { buckets } : {}),
  };
}

/** The figures of a stretch of so many seconds. */
export function figuresOf({ requests, errors, buckets }: NodeTotals, seconds: number): TrafficFigures {
  const latency = buckets === undefined ? {} : percentilesOf(buckets);
  return {
    requests,
    ...(seconds > 0 ? { requestRate: requests / seconds } : {}),
    ...(errors === undefined || requests <= 0 ? {} : { errorRate: Math.min(1, errors / requests) }),
    ...latency,
  };
}

function percentilesOf(buckets: ReadonlyMap<number, number>): Pick<TrafficFigures, "p50Ms" | "p95Ms" | "p99Ms"> {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((quantile) => quantileOf(buckets, quantile));
  return {
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p95Ms === undefined ? {} : { p95Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
  };
}

/**
 * Below which so large a share of the requests lay, by straight lines inside the buckets, as a Prometheus server
 * reckons. What lies beyond the last finite bound is told as that bound; undefined where nothing was counted. Buckets
 * are read one after the other while Kong counts on, so that a wider one may be a few requests behind.
 */
export function quantileOf(buckets: ReadonlyMap<number, number>, quantile: number): number | undefined {
  const sorted = [...buckets].toSorted(([left], [right]) => left - right);
  let highest = 0;
  const rising = sorted.map(([bound, count]) => {
    highest = Math.max(highest, count);
    return { bound, count: highest };
  });
  if (highest <= 0) return undefined;
  const rank = quantile * highest;
  let [lowerBound, lowerCount] = [0, 0];
  for (const { bound, count } of rising) {
    if (count >= rank && Number.isFinite(bound)) {
      return count === lowerCount
        ? bound
        : lowerBound + (bound - lowerBound) * ((rank - lowerCount) / (count - lowerCount));
    }
    if (Number.isFinite(bound)) [lowerBound, lowerCount] = [bound, count];
  }
  return lowerBound;
}
