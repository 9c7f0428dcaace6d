import { defaultsOf28 } from "./defaults.ts";
import type { KongVersion } from "./version.ts";

/**
 * Kong 1.5.1, NOT recorded from a real Kong: a stand-in old enough to be refused. Only `version`, `start`, `stop` and
 * `health` mean anything; it knows no migrations, needs no database, and its numbers for `version -a` are assumed.
 */
export const kong = {
  version: "1.5.1",
  build: { ngxLua: "10015", nginx: "1015008", lua: "LuaJIT 2.1.0-beta3" },
  commands: ["health", "start", "stop", "version"],
  migrationCommands: [],
  processes: "one",
  dbTimeoutSeconds: 60,
  reloadOpensDatabase: false,
  makesPrefixBeforeLifecycle: false,
  cassandra: "supported",
  resetChoices: "[Y/n]",
  startLine: 64,
  dangling: undefined,
  declarative: { writes: "1.1", accepts: ["1.1"] },
  deprecations: [],
  upTraceback: [],
  defaults: defaultsOf28,
  migrations: {},
} as const satisfies KongVersion;
