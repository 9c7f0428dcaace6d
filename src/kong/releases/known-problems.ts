import type { Edition } from "./release-line.ts";

/** Whom a problem hits: everybody, or only installations of a topology or with one of these plugins (`ai-*` for a family). */
export type Concerned =
  | { readonly kind: "everybody" }
  | { readonly kind: "topology"; readonly topology: "hybrid" }
  | { readonly kind: "plugins"; readonly names: readonly string[] };

/** A release that should not be installed, or not without knowing this. */
export interface ReleaseProblem {
  readonly edition: Edition;
  readonly first: string;
  readonly last: string;
  /** A predicate of the release, e.g. `does not start where …`. */
  readonly problem: string;
  readonly concerned: Concerned;
  /** `refuse` where it breaks the upgrade itself or endangers clients; `warn` for what an installation may live with. */
  readonly consequence: "refuse" | "warn";
  readonly fixedIn: string;
  readonly source: string;
}

const everybody: Concerned = { kind: "everybody" };
const changelog = (version: string): string => `Kong Gateway changelog ${version}`;

/** Known bad releases by Kong's own changelogs and breaking changes. */
export const releaseProblems: readonly ReleaseProblem[] = [
  {
    edition: "oss",
    first: "2.1.0",
    last: "2.1.1",
    problem: "may send the answer to one client's failed request to another client",
    concerned: everybody,
    consequence: "refuse",
    fixedIn: "2.1.2",
    source: "Kong/kong CHANGELOG 2.1.0 and 2.1.2",
  },
  {
    edition: "oss",
    first: "3.6.0",
    last: "3.6.0",
    problem:
      "does not start where the limit of open files is 1024 or less, and answers 500 to HTTP/2 requests without Content-Length where a plugin reads the body",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.6.1",
    source: "Kong/kong CHANGELOG 3.6.1",
  },
  {
    edition: "enterprise",
    first: "2.8.2.3",
    last: "2.8.2.3",
    problem: "links PCRE dynamically, and regular expressions may fail to compile",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "2.8.2.4",
    source: changelog("2.8.2.4"),
  },
  {
    edition: "enterprise",
    first: "2.8.4.1",
    last: "2.8.4.4",
    problem: "does not start while the plugin collector is configured",
    concerned: { kind: "plugins", names: ["collector"] },
    consequence: "refuse",
    fixedIn: "2.8.4.5",
    source: changelog("2.8.4.5"),
  },
  {
    edition: "enterprise",
    first: "3.1.0.0",
    last: "3.1.1.1",
    problem: "talks to data planes by wRPC only, which neither 2.8 nor 3.2 and later understand",
    concerned: { kind: "topology", topology: "hybrid" },
    consequence: "refuse",
    fixedIn: "3.1.1.3",
    source: "Kong developer docs, upgrade reference, upgrades from 3.1.0.0 or 3.1.1.1",
  },
  {
    edition: "enterprise",
    first: "3.1.1.2",
    last: "3.1.1.2",
    problem: "has images without ca-certificates, so that TLS to upstreams and vaults fails",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.1.1.3",
    source: changelog("3.1.1.3"),
  },
  {
    edition: "enterprise",
    first: "3.2.1.0",
    last: "3.2.1.0",
    problem: "fails on HTTP/2 in its ARM64 images of Alpine and Ubuntu",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.2.2.0",
    source: changelog("3.2.1.0 (known issues)"),
  },
  {
    edition: "enterprise",
    first: "3.2.2.0",
    last: "3.2.2.0",
    problem: "is refused by yum for a missing public key",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.2.2.1",
    source: changelog("3.2.2.1"),
  },
  {
    edition: "enterprise",
    first: "3.6.0.0",
    last: "3.6.0.0",
    problem: "does not start where the limit of open files is 1024 or less",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.6.1.0",
    source: changelog("3.6.1.0"),
  },
  {
    edition: "enterprise",
    first: "3.6.0.0",
    last: "3.6.1.0",
    problem: "answers 500 to HTTP/2 requests without Content-Length where a plugin reads the body",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.6.1.1",
    source: changelog("3.6.1.1"),
  },
  {
    edition: "enterprise",
    first: "3.8.0.0",
    last: "3.8.1.0",
    problem:
      "can fail in its migrations on incomplete Redis configuration, and does not start where redis.timeout and redis.connect_timeout differ",
    concerned: {
      kind: "plugins",
      names: [
        "rate-limiting-advanced",
        "proxy-cache-advanced",
        "graphql-rate-limiting-advanced",
        "graphql-proxy-cache-advanced",
      ],
    },
    consequence: "refuse",
    fixedIn: "3.8.1.1",
    source: changelog("3.8.1.1"),
  },
  {
    edition: "enterprise",
    first: "3.10.0.0",
    last: "3.10.0.1",
    problem: "has a regression in upstream connection pooling",
    concerned: everybody,
    consequence: "warn",
    fixedIn: "3.10.0.2",
    source: changelog("3.10.0.2"),
  },
  ...(
    [
      ["3.10.0.0", "3.10.0.6", "3.10.0.7"],
      ["3.11.0.0", "3.11.0.6", "3.11.0.7"],
      ["3.12.0.0", "3.12.0.0", "3.12.0.1"],
    ] as const
  ).map(([first, last, fixedIn]): ReleaseProblem => ({
    edition: "enterprise",
    first,
    last,
    problem:
      "can fail in its migrations: those of basic-auth and key-auth run in the wrong order, and a path of file-log with spaces around it is not taken",
    concerned: everybody,
    consequence: "warn",
    fixedIn,
    source: changelog(fixedIn),
  })),
  {
    edition: "enterprise",
    first: "3.11.0.0",
    last: "3.11.0.0",
    problem: "fails in its migrations where AI plugins were in use for more than a week on 3.10",
    concerned: { kind: "plugins", names: ["ai-*"] },
    consequence: "refuse",
    fixedIn: "3.11.0.1",
    source: "Kong developer docs, breaking changes 3.11, known issues",
  },
  {
    edition: "enterprise",
    first: "3.14.0.0",
    last: "3.14.0.0",
    problem: "answers 403 for nested claims of OpenID Connect",
    concerned: { kind: "plugins", names: ["openid-connect"] },
    consequence: "warn",
    fixedIn: "3.14.0.1",
    source: changelog("3.14.0.1"),
  },
];
