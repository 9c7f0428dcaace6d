import type { Example } from "#test/src/kong/catalogue/example.ts";

const postgres = { deployment: { database: "postgres" } } as const;
const dbless = { deployment: { database: "off", topology: "dbless" } } as const;

export const databaseAnyExamples: readonly Example[] = [
  {
    hazard: "any-migration-lock-held",
    hits: { ...postgres, database: { kind: "postgres", version: "15.18", migrationLock: "kong-2-3214" } },
    evidence: ["kong-2-3214"],
    misses: { ...postgres, database: { kind: "postgres", version: "15.18", migrationLock: "none" } },
  },
  {
    hazard: "any-unfinished-upgrade",
    hits: { migrations: { state: "pending", pending: { core: ["016_280_to_300"], "http-log": ["001_280_to_300"] } } },
    evidence: ["016_280_to_300"],
    misses: { migrations: { executed: { core: ["016_280_to_300"] } } },
  },
  {
    hazard: "gen-restart-with-new-migrations",
    hits: { migrations: { state: "new", new: { core: ["021_340_to_350"] } } },
    evidence: ["021_340_to_350"],
    misses: { migrations: { state: "pending", pending: { core: ["016_280_to_300"] } } },
  },
  {
    hazard: "any-postgres-below-9-5",
    hits: { ...postgres, database: { kind: "postgres", version: "9.4.26" } },
    evidence: ["9.4.26"],
    misses: { ...postgres, database: { kind: "postgres", version: "9.6.24" } },
  },
  {
    hazard: "33-pg15-grants",
    hits: { ...postgres, database: { kind: "postgres", version: "15.18 (Debian 15.18-1)", canCreateTables: false } },
    evidence: ["false"],
    misses: { ...postgres, database: { kind: "postgres", version: "15.18", canCreateTables: true } },
  },
  {
    hazard: "any-large-database",
    hits: { database: { kind: "postgres", version: "15.18", sizeBytes: 4_200_000_000 } },
    evidence: ["4200000000"],
    misses: { database: { kind: "postgres", version: "15.18", sizeBytes: 42_000_000 } },
  },
  { hazard: "any-shared-database", hits: postgres, misses: dbless },
  {
    hazard: "gen-db-version",
    from: "3.8.1.2",
    to: "3.9.1.2",
    hits: { ...postgres, database: { kind: "postgres", version: "12.19" } },
    evidence: ["12.19"],
    misses: { ...postgres, database: { kind: "postgres", version: "13.15" } },
  },
];
