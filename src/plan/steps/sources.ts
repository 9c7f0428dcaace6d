/** The documents that steps come from, as they are cited on plans and cards. */
export const sources = {
  inPlace: (step: number) => `Kong Gateway 3.7 docs, In-place upgrade, step ${step}`,
  inPlaceCaution: "Kong Gateway 3.7 docs, In-place upgrade",
  ltsBackup: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Backup",
  ltsRollback: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Troubleshooting",
  ltsChanges: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Review gateway changes",
  ltsRolling: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Rolling upgrade",
  ltsHybrid: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Hybrid mode",
  ltsDbless: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, DB-less mode backup",
  hybrid: "Kong Gateway 3.0 upgrade guide, Hybrid mode considerations",
  drain: "Kong Gateway CLI, kong drain (kong/cmd/drain.lua 3.9.3)",
  smoke: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Perform upgrade: smoke test",
  migrations: "Kong Gateway CLI, kong migrations (kong/cmd/migrations.lua 2.8.5 to 3.9.3)",
  reinstall: "Kong Gateway 2.x upgrade page, roll back: reinstall the previous package",
  restoreIntoEmpty: "Own recorded runs of pg_restore around 2.8.5 → 3.4.2; PostgreSQL 15 docs, pg_restore",
} as const;
