import type { EntityKind } from "#src/kong/inventory.ts";

/** A list of the Admin API, and what stays undecided when it cannot be read. */
export interface EntityList {
  readonly kind: EntityKind;
  /** Below the workspace, e.g. `routes`; tried one after the other, the first that this version has counts. */
  readonly paths: readonly string[];
  /** `once`: not kept apart by workspace. */
  readonly scope: "workspace" | "once";
  readonly undecided: readonly string[];
  /** Fields that are read; all of them where absent. */
  readonly only?: readonly string[];
  /** Every version has it (Kong Admin API 2.1 to 3.14): a 404 comes from something else, or from a wrong workspace. */
  readonly isEverywhere?: true;
  /** Fields that hold lists or mappings where they are set; conditions would not see into another form. */
  readonly lists?: readonly string[];
  readonly mappings?: readonly string[];
}

/**
 * Every list that hazards look at. A version without a list answers 404, which means that there are none, unless every
 * version has it.
 * Consumers are counted in the database and never read: there may be millions, and no hazard looks at one.
 */
export const entityLists: readonly EntityList[] = [
  {
    kind: "service",
    paths: ["services"],
    scope: "workspace",
    undecided: ["TLS settings of services"],
    isEverywhere: true,
    lists: ["tags", "ca_certificates"],
  },
  {
    kind: "route",
    paths: ["routes"],
    scope: "workspace",
    undecided: ["regex paths, percent-encoding, look-around, path_handling"],
    isEverywhere: true,
    lists: ["paths", "hosts", "methods", "protocols", "snis", "tags"],
  },
  {
    kind: "plugin",
    paths: ["plugins"],
    scope: "workspace",
    undecided: ["removed and renamed plugin fields, custom plugins"],
    isEverywhere: true,
    lists: ["protocols", "tags"],
    mappings: ["config"],
  },
  {
    kind: "upstream",
    paths: ["upstreams"],
    scope: "workspace",
    undecided: ["duplicate targets, targets of weight 0"],
    isEverywhere: true,
  },
  {
    kind: "certificate",
    paths: ["certificates"],
    scope: "workspace",
    undecided: ["certificates that newer OpenSSL refuses"],
    // Never the private key.
    only: ["id", "cert", "snis", "tags"],
  },
  {
    kind: "ca_certificate",
    paths: ["ca_certificates"],
    scope: "workspace",
    undecided: ["CA certificates that newer OpenSSL refuses"],
    only: ["id", "cert", "tags"],
  },
  { kind: "vault", paths: ["vaults", "vaults-beta"], scope: "workspace", undecided: ["settings of vaults"] },
  { kind: "key_set", paths: ["key-sets"], scope: "workspace", undecided: [] },
  { kind: "key", paths: ["keys"], scope: "workspace", undecided: ["keys"], only: ["id", "name", "kid", "set", "tags"] },
  {
    kind: "consumer_group",
    paths: ["consumer_groups"],
    scope: "workspace",
    undecided: ["overrides of consumer groups"],
  },
  { kind: "filter_chain", paths: ["filter-chains"], scope: "workspace", undecided: ["WASM filters"] },
  { kind: "partial", paths: ["partials"], scope: "workspace", undecided: ["settings of partials"] },
  { kind: "event_hook", paths: ["event-hooks"], scope: "workspace", undecided: ["event hooks"] },
  {
    kind: "admin",
    paths: ["admins"],
    scope: "once",
    undecided: ["accounts of administrators"],
    only: ["id", "status"],
  },
];
