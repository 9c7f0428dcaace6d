import type { DeclarativeConfiguration } from "./declarative-configuration.ts";
import type { PluginCatalogue } from "./entities/plugin-schema.ts";
import type { EntityStore } from "./entities/entity-store.ts";
import type { LogFile } from "./log-file.ts";
import type { NodeDatabase } from "./node-database.ts";
import type { NodeSettings } from "./node-settings.ts";
import type { Profile } from "./profile.ts";

/** The processes of the node as `GET /` and `/status` show them. */
export interface NodeProcesses {
  readonly master: number;
  readonly workers: readonly number[];
}

/** What nginx counts, over all listeners of the worker. */
export interface Counters {
  accepted: number;
  active: number;
  requests: number;
}

/** Everything the Admin API, the status listener and the proxy of one worker share. */
export interface NodeContext {
  readonly profile: Profile;
  readonly settings: NodeSettings;
  readonly database: NodeDatabase;
  readonly store: EntityStore;
  readonly plugins: PluginCatalogue;
  /** Absent on a node with a database. */
  readonly declarative: DeclarativeConfiguration | undefined;
  readonly nodeId: string;
  readonly counters: Counters;
  readonly errorLog: LogFile;
  processes(): NodeProcesses;
}
