/** The migrations of one version: subsystem → names in the order they run; "core" first, then plugins by name. */
export type MigrationNames = Readonly<Record<string, readonly string[]>>;

/**
 * One Kong version as data: everything in which the simulated command line differs from its neighbours.
 * A new version is a file here, its recorded usage texts in `usage/<version>/`, and a line in `catalogue.ts`.
 */
export interface KongVersion {
  readonly version: string;
  /** The numbers of `kong version -a`. */
  readonly build: { readonly ngxLua: string; readonly nginx: string; readonly lua: string };
  readonly commands: readonly string[];
  readonly migrationCommands: readonly string[];
  /** "two": from 3.4 an inner process does the work and outlives a killed outer one. */
  readonly processes: "one" | "two";
  /** Default of --db-timeout in seconds; `undefined` from 3.7.0 on, where pg_timeout applies. */
  readonly dbTimeoutSeconds: number | undefined;
  /** 2.8 only sends the signal; 3.x opens the database first. */
  readonly reloadOpensDatabase: boolean;
  /** Whether `reload` creates a missing prefix directory before it looks for .kong_env. */
  readonly makesPrefixBeforeLifecycle: boolean;
  readonly cassandra: "supported" | "gone";
  readonly resetChoices: string;
  /** Line of kong/cmd/start.lua that reports a failed nginx. */
  readonly startLine: number;
  /** Unix sockets that an unclean end leaves behind, under the prefix. */
  readonly dangling: { readonly folder: string; readonly socket: string } | undefined;
  readonly declarative: {
    readonly writes: string;
    readonly accepts: readonly string[];
  };
  /** Plugin settings that a declarative file is warned about. */
  readonly deprecations: readonly { readonly plugin: string; readonly field: string; readonly text: string }[];
  /** Frames of the traceback that a failure under the migration lock prints. */
  readonly upTraceback: readonly string[];
  readonly defaults: Readonly<Record<string, string>>;
  readonly migrations: MigrationNames;
}
