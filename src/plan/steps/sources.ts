import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";

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
  helm: "Kong Gateway 3.0 upgrade guide, Kong for Kubernetes considerations",
  helmSplit: "Kong Gateway 3.0 upgrade guide, Kong deployment split across multiple releases",
  chart: "Kong/charts, kong chart: templates/migrations*.yaml, README.md, UPGRADE.md",
  chartEnterprise:
    "Kong blog, How and why to migrate from Kong open source to Kong Enterprise; Kong/charts, kong chart: README.md, Kong Enterprise Parameters",
  helmRollback: "Helm docs, helm rollback; Kong/charts: no migration job runs on a rollback",
  drain: "Kong Gateway CLI, kong drain (kong/cmd/drain.lua 3.9.3)",
  smoke: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Perform upgrade: smoke test",
  migrations: "Kong Gateway CLI, kong migrations (kong/cmd/migrations.lua 2.8.5 to 3.9.3)",
  preproduction: "Kong Gateway 2.x upgrade page, prepare the preproduction environment with a copy of production",
  reinstall: "Kong Gateway 2.x upgrade page, roll back: reinstall the previous package",
  reload: "Own rule; Kong Gateway CLI, kong reload, own recorded runs of 2.8.5 and 3.4.2",
  restoreIntoEmpty: "Own recorded runs of pg_restore around 2.8.5 → 3.4.2; PostgreSQL 15 docs, pg_restore",
  dualCluster: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Dual-cluster upgrade",
  sharedDatabase: (step: number) => `Kong Gateway 3.0 upgrade guide, Upgrade from 2.1–2.8, PostgreSQL, step ${step}`,
  freshDataStore: "Kong Gateway 3.0 upgrade guide, Install on a fresh data store",
  newKeyspace: (step: number) => `Kong Gateway 3.0 upgrade guide, Upgrade from 2.1–2.8, Cassandra, step ${step}`,
  offCassandra: "Kong Gateway docs, Migration guidelines Cassandra to PostgreSQL",
  ossToEnterprise: "Kong blog, How and why to migrate from Kong open source to Kong Enterprise",
  licence: "Kong Gateway docs, Deploy an Enterprise licence (Admin API /licenses)",
  deck: "decK docs, deck gateway sync, diff and dump; deck file convert",
} as const;

/** The same steps, cited from another document. */
export function citing(source: string, steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => adapted(step, { source }));
}
