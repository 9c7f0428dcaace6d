import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const loader = "Kong/kong kong/conf_loader/init.lua";
const refused = "Kong does not start, and `kong migrations` does not run: the value is refused.";

/**
 * Values that the named version checks and the one before did not, as `kong check` of the new package would. Kong
 * takes every value of a key it does not know, so a wrong one shows only after the upgrade.
 */
export const kongConfValueHazards: readonly Hazard[] = [
  {
    id: "21-worker-consistency-value",
    title: "worker_consistency takes strict and eventual only",
    since: "2.1",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: { kind: "conf", key: "worker_consistency", predicate: "not_in", value: ["strict", "eventual"] },
    effect: refused,
    remedy: "Set strict or eventual.",
    sources: [`${loader}, 2.1.4 and 2.8.5`],
  },
  {
    id: "28-cluster-max-payload-value",
    title: "cluster_max_payload may not be below 4194304",
    since: "2.8",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: { kind: "conf", key: "cluster_max_payload", predicate: "lt", value: 4_194_304 },
    effect: refused,
    remedy: "Set 4194304 (4 MiB) or more, or delete the key.",
    sources: [`${loader}, 3.4.2`],
  },
  {
    id: "30-router-flavor-value",
    title: "router_flavor takes traditional, traditional_compatible and expressions only",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      kind: "conf",
      key: "router_flavor",
      predicate: "not_in",
      value: ["traditional", "traditional_compatible", "expressions"],
    },
    effect: refused,
    remedy: "Correct the value; traditional brings the router of 2.x back.",
    sources: [`${loader}, 3.0.2`],
  },
  {
    id: "32-tracing-rate-value",
    title: "tracing_sampling_rate must lie between 0 and 1",
    since: "3.2",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      any: [
        { kind: "conf", key: "tracing_sampling_rate", predicate: "lt", value: 0 },
        { kind: "conf", key: "tracing_sampling_rate", predicate: "gt", value: 1 },
      ],
    },
    effect: refused,
    remedy: "Set a share, for example 0.1 for every tenth request, not a percentage.",
    sources: [`${loader}, 3.2.2`],
  },
  {
    id: "33-node-id-value",
    title: "node_id must be a UUID",
    since: "3.3",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      kind: "conf",
      key: "node_id",
      predicate: "not_matches",
      value: "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    },
    effect: refused,
    remedy: "Delete the key, or write a UUID that no other node has.",
    sources: [`${loader}, 3.3.1`],
  },
  {
    id: "33-lua-max-value",
    title: "lua_max_req_headers and its siblings must be whole numbers from 1 to 1000",
    since: "3.3",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      kind: "conf",
      key: "/^lua_max_(?:req_headers|resp_headers|uri_args|post_args)$/",
      predicate: "not_matches",
      value: "^(?:[1-9]\\d{0,2}|1000)$",
    },
    effect: refused,
    remedy: "Correct the value; the default is 100.",
    sources: [`${loader}, 3.3.1`],
  },
  {
    id: "33-dp-labels-role",
    title: "cluster_dp_labels is for data planes only",
    since: "3.3",
    edition: "both",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      all: [
        { kind: "conf", key: "cluster_dp_labels", predicate: "not_in", value: [""] },
        {
          any: [
            { kind: "conf", key: "role", predicate: "absent" },
            { kind: "conf", key: "role", predicate: "not_equals", value: "data_plane" },
          ],
        },
      ],
    },
    effect: "A node that is no data plane does not start with this key.",
    remedy: "Set it in the kong.conf of data planes only.",
    sources: [`${loader}, 3.4.2`],
  },
  {
    id: "314-untrusted-lua-value",
    title: "untrusted_lua takes strict, lax, sandbox, on and off only",
    since: "3.14",
    edition: "enterprise",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      kind: "conf",
      key: "untrusted_lua",
      predicate: "not_in",
      value: ["strict", "lax", "sandbox", "on", "off"],
    },
    effect: refused,
    remedy: "Correct the value.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.14"],
  },
];
