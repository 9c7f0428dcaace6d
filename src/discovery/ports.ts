import type { Instant } from "#src/kernel/instant.ts";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import type { Transport } from "#src/plan/transport.ts";

/** An answer of the Admin API; `body` is undefined where it was not JSON, and `text` says then what it was. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly text?: string;
  /** The header `Server`: Kong tells its version there, e.g. `kong/3.4.2` (recorded with 2.8.5 to 3.9.3). */
  readonly server?: string;
}

/** How an address is asked that does not answer everybody: PEM texts, and headers such as the Admin API's token. */
export interface HttpAccess {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: { readonly ca?: string; readonly certificate?: string; readonly key?: string };
}

export interface HttpCall {
  readonly url: string;
  readonly timeoutMs: number;
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly access?: HttpAccess;
}

/** A process to run to its end: argv without a shell, environment with its secrets in place. */
export interface CommandCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Where it runs; on the runner's own machine where absent. */
  readonly via?: Transport | undefined;
}

export interface DatabaseLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
}

/** Statements to run in order in one read-only transaction that sees one state of the database. */
export interface SqlCall {
  readonly login: DatabaseLogin;
  readonly statements: readonly string[];
  readonly timeoutMs: number;
}

/** Everything discovery touches the world with; each call keeps its own time limit and rejects when it is over. */
export interface DiscoveryPorts {
  /** Rejects with `NoAnswer`, which tells whether the request may have arrived. */
  readonly fetchJson: (call: HttpCall) => Promise<HttpAnswer>;
  readonly runCommand: (call: CommandCall) => Promise<CommandOutput & { readonly timedOut: boolean }>;
  /** Rows per statement. */
  readonly querySql: (call: SqlCall) => Promise<readonly (readonly unknown[])[]>;
  /** A text file, on the runner's own machine where no transport is given. */
  readonly readText: (path: string, timeoutMs: number, via?: Transport) => Promise<string>;
  readonly resolveSecret: (secret: SecretRef) => Promise<string>;
  readonly now: () => Instant;
  /** Told now and then while much is read, e.g. `plugins: 12000 read`. */
  readonly onProgress?: (text: string) => void;
}
