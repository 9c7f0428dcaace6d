import { fieldOf, isSet, plugins } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

/** Plugins that send in batches. */
const queued = ["http-log", "statsd", "datadog", "opentelemetry", "zipkin"] as const;

/** Old queue fields with their defaults, which the Admin API shows on every instance (schemas of 2.8.5 and 3.2.2). */
const oldDefaults = { retry_count: 10, queue_size: 1, flush_timeout: 2, batch_span_count: 200, batch_flush_delay: 3 };

/** Changes of the queues behind logging and tracing plugins. */
export const queueHazards: readonly Hazard[] = [
  {
    id: "33-plugin-queues",
    since: "3.3",
    severity: "changes_behaviour",
    title: "Queues of logging plugins were rebuilt",
    effect:
      "retry_count has no effect any more, a full queue drops the oldest entries, and retries end after max_retry_time.",
    byMigration: "Old fields are mapped at run time where they differ from the old default, except retry_count.",
    remedy: "Set config.queue.* and drop retry_count, queue_size and flush_timeout.",
    source: "Kong developer docs, breaking changes 3.3",
    check: whenFound((facts) =>
      plugins(facts, queued, (plugin) => {
        const changed = Object.entries(oldDefaults).flatMap(([field, usual]) => {
          const value = fieldOf(plugin.config, field);
          return isSet(value) && value !== usual ? [`config.${field} = ${String(value)}`] : [];
        });
        return changed.length === 0 ? undefined : changed.join(", ");
      }),
    ),
  },
  {
    id: "33-http-log-redirects",
    since: "3.3",
    severity: "changes_behaviour",
    title: "http-log: an answer 3xx of the log server is a failure and is retried",
    effect: "Logs sent to an address that redirects pile up and are dropped.",
    remedy: "Point http_endpoint to the final address.",
    source: "Kong/kong CHANGELOG 3.3.0",
    check: whenFound((facts) =>
      plugins(facts, ["http-log"], (plugin) => {
        const endpoint = fieldOf(plugin.config, "http_endpoint");
        return isSet(endpoint) ? `sends to ${String(endpoint)}` : undefined;
      }),
    ),
  },
  {
    id: "34-queue-integers",
    since: "3.4",
    severity: "breaks_traffic",
    title: "Queue sizes must be whole numbers, retry delays above 0.001 s",
    effect: "The configuration is not valid any more.",
    remedy: "Correct the values before the upgrade.",
    source: "Kong developer docs, breaking changes 3.4",
    check: whenFound((facts) =>
      plugins(facts, [], (plugin) => {
        const wrong = [
          ...["max_batch_size", "max_entries", "max_bytes"].filter((name) => {
            const value = fieldOf(plugin.config, `queue.${name}`);
            return typeof value === "number" && !Number.isInteger(value);
          }),
          ...["initial_retry_delay", "max_retry_delay"].filter((name) => {
            const value = fieldOf(plugin.config, `queue.${name}`);
            return typeof value === "number" && value <= 0.001;
          }),
        ];
        return wrong.length === 0 ? undefined : wrong.map((name) => `config.queue.${name}`).join(", ");
      }),
    ),
  },
];
