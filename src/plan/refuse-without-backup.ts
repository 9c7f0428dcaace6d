import type { Progress } from "./progress.ts";
import type { PlanRefusal } from "./refusal.ts";

/** Without a proven backup nothing brings the old data back once migrations were started. */
export function refuseWithoutBackup({ done }: Progress): readonly PlanRefusal[] {
  if (done.includes("backup-database")) return [];
  return [
    {
      code: "no_backup",
      sentence: "the migrations were started, but no database backup of this upgrade was proven",
      help: "restore by hand from a backup made outside this upgrade",
    },
  ];
}
