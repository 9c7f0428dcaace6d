import { seedId, seededAt } from "./row.ts";
import type { Row } from "./row.ts";

const consumers = ["mobile-app", "batch-jobs", "partner-ltd"] as const;

/** Id of a seeded consumer. */
function consumerId(name: (typeof consumers)[number]): string {
  return seedId("consumer", consumers.indexOf(name) + 1);
}

export const seededConsumers: readonly Row[] = consumers.map((name, index) => ({
  id: consumerId(name),
  created_at: seededAt,
  username: name,
  custom_id: `practice-${index + 1}`,
  tags: ["practice"],
}));

/** The keys `mobile-app-key`, `batch-jobs-key` and `partner-ltd-key`: practice values, no secrets. */
export const seededCredentials: readonly Row[] = consumers.map((name, index) => ({
  id: seedId("credential", index + 1),
  created_at: seededAt,
  consumer_id: consumerId(name),
  key: `${name}-key`,
  tags: null,
}));

export const seededGroups: readonly Row[] = [
  {
    id: seedId("group", 1),
    created_at: seededAt,
    consumer_id: consumerId("partner-ltd"),
    group: "partners",
    cache_key: `acls:${consumerId("partner-ltd")}:partners::::`,
    tags: null,
  },
];
