/** The documents that steps come from, as they are cited on plans and cards. */
export const sources = {
  inPlace: (step: number) => `Kong Gateway 3.7 docs, In-place upgrade, step ${step}`,
  inPlaceCaution: "Kong Gateway 3.7 docs, In-place upgrade",
  ltsBackup: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Backup",
  ltsRollback: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Troubleshooting",
  ltsChanges: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Review gateway changes",
  smoke: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Perform upgrade: smoke test",
  migrations: "Kong Gateway CLI, kong migrations (kong/cmd/migrations.lua 2.8.5 to 3.9.3)",
  reinstall: "Kong Gateway 2.x upgrade page, roll back: reinstall the previous package",
  restoreIntoEmpty: "Own recorded runs of pg_restore around 2.8.5 → 3.4.2; PostgreSQL 15 docs, pg_restore",
} as const;
