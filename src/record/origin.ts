import type { UpgradeId } from "#src/upgrade/identity.ts";

/** The record of one upgrade is one log; this is its name in checkpoints (tlog-checkpoint: no spaces, no plus). */
export function originOf(upgradeId: UpgradeId): string {
  return `kong-upgrade/${upgradeId}`;
}
