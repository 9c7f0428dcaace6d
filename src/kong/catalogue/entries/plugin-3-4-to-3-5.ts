import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Limits of queue fields from 3.4 on (kong/tools/queue_schema.lua of 3.4.2). */
const queueLimits: readonly (readonly [field: string, min: number, max: number])[] = [
  ["max_batch_size", 1, 1_000_000],
  ["max_entries", 1, 1_000_000],
  ["max_coalescing_delay", 0, 3600],
  ["initial_retry_delay", 0.001, 1_000_000],
  ["max_retry_delay", 0.001, 1_000_000],
];

/** Changes of bundled plugins in 3.4 and 3.5. */
export const plugin34To35Hazards: readonly Hazard[] = [
  {
    id: "34-queue-integers",
    title: "Queue sizes must be whole numbers, and sizes and delays lie within limits",
    since: "3.4",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        ...["max_batch_size", "max_entries", "max_bytes"].map((field): Leaf => ({
          kind: "plugin",
          name: "*",
          path: `config.queue.${field}`,
          predicate: "non_integer",
        })),
        ...queueLimits.flatMap(([field, min, max]): readonly Leaf[] => [
          { kind: "plugin", name: "*", path: `config.queue.${field}`, predicate: "lt", value: min },
          { kind: "plugin", name: "*", path: `config.queue.${field}`, predicate: "gt", value: max },
        ]),
      ],
    },
    effect:
      "The configuration of this instance is not valid any more: updating or syncing it is refused, and a DB-less node does not take the file.",
    remedy:
      "Correct the values before the upgrade: sizes are whole numbers from 1 to 1000000, max_coalescing_delay at most 3600 s, retry delays at least 0.001 s.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4",
      "Kong/kong@3.4.2 kong/tools/queue_schema.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "34-referenceable-known-issue",
    title: "3.4: vault references in http_endpoint and endpoint are refused",
    since: "3.4",
    fixedIn: ["3.5"],
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: "http-log", path: "config.http_endpoint", predicate: "matches", value: "^\\{vault://" },
        { kind: "plugin", name: "opentelemetry", path: "config.endpoint", predicate: "matches", value: "^\\{vault://" },
      ],
    },
    effect:
      "Kong checks the reference as if it were the address itself and refuses it: the instance cannot be written, and logs or traces are not sent.",
    remedy: "Write the address itself while on 3.4.",
    note: "Listed as not repaired for 3.4; 3.5 is assumed to be without it.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4", "Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "34-request-validator-ct",
    title: "request-validator: an allowed content type also covers the same one with a parameter",
    since: "3.4",
    edition: "enterprise",
    area: "plugin",
    severity: "info",
    when: {
      kind: "plugin",
      name: "request-validator",
      path: "config.allowed_content_types[*]",
      predicate: "not_matches",
      value: ";",
    },
    effect:
      "Requests whose Content-Type carries a parameter, such as a charset, pass where only the plain type is listed; before they were refused.",
    remedy: "Nothing to do, unless such requests must stay out.",
    note: "The LTS guide lists it among the changes up to 3.4 without a version.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "34-graphql-rla",
    title: "graphql-rate-limiting-advanced: Redis Cluster is accepted",
    since: "3.5",
    also: ["3.4.1.0"],
    edition: "enterprise",
    area: "plugin",
    severity: "info",
    when: { kind: "plugin", name: "graphql-rate-limiting-advanced" },
    effect: "Nothing changes for this instance; settings for Redis Cluster that were refused before are accepted.",
    remedy: "Nothing to do.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.1.0, 3.5.0.0"],
  },
  {
    id: "35-session-read-body",
    title: "session: logout by a body argument needs read_body_for_logout",
    since: "3.5",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          all: [
            { kind: "file_plugin", name: "session", path: "config.logout_post_arg", predicate: "is_set" },
            { kind: "file_plugin", name: "session", path: "config.read_body_for_logout", predicate: "not_set" },
          ],
        },
        {
          all: [
            {
              kind: "plugin",
              name: "session",
              path: "config.logout_post_arg",
              predicate: "matches",
              value: "^(?!session_logout$).",
            },
            { kind: "plugin", name: "session", path: "config.read_body_for_logout", predicate: "not_set" },
          ],
        },
        {
          all: [
            { kind: "plugin", name: "session", path: "config.logout_post_arg", predicate: "is_set" },
            { kind: "plugin", name: "session", path: "config.read_body_for_logout", predicate: "not_set" },
            {
              kind: "manual",
              question: "Do clients log out by sending the argument session_logout in a request body?",
            },
          ],
        },
      ],
    },
    effect: "Logging out with an argument in the body does nothing: the session goes on.",
    byMigration: "Stored instances get read_body_for_logout = false.",
    remedy: "Set read_body_for_logout = true where the body argument is used.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.5",
      "Kong/kong@3.5.0 kong/plugins/session/schema.lua",
    ],
  },
  {
    id: "35-plugin-ordering",
    title: "A custom order of plugins needs a licence",
    since: "3.5",
    edition: "enterprise",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "plugin", name: "*", path: "ordering", predicate: "is_set" },
        { kind: "license", predicate: "absent" },
      ],
    },
    effect: "The order that you set does not work without a licence, so plugins run before or after the wrong ones.",
    remedy: "Apply a licence, or remove ordering and check that the standard order will do.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.5",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-34-310.md",
    ],
  },
  {
    id: "35-oauth2-refresh-scope",
    title: "oauth2: the scopes of a refresh token are checked",
    since: "3.5",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "plugin", name: "oauth2", path: "config.scopes", predicate: "length_gt", value: 0 },
        {
          kind: "manual",
          question:
            "Are there refresh tokens in use with a scope that config.scopes of the oauth2 instance they are sent to does not list?",
        },
      ],
    },
    effect: "Clients with such a token get an error instead of a new access token and have to ask for consent again.",
    remedy: "List the scopes that are still in use, or let those clients log in again.",
    sources: ["Kong/kong@3.5.0 changelog/3.5.0/3.5.0.md"],
  },
];
