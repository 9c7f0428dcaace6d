import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { stageOfSecondCluster } from "./second-cluster-stage.ts";

/** How to go back while the old cluster keeps data of its own: never by a restore, and what only the new one knows is lost. */
export function secondClusterWayBack(plan: Plan, progress: Progress): WayBack {
  const stage = stageOfSecondCluster(plan, progress);
  const lost = isTouched(progress, "unfreeze")
    ? "configuration written since writes were allowed again, and tokens, sessions and counters of the new cluster, stay behind there"
    : "tokens, sessions and counters that only the new cluster has stay behind there";
  switch (stage) {
    case "untouched":
      return {
        sentence:
          "All traffic is still on the old cluster: stop what runs of the new one and allow configuration writes again",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "shifted":
      return {
        sentence: `Send all traffic back to the old cluster, which runs ${plan.from} on its own untouched data, then stop the new one`,
        price: `no downtime; ${lost}`,
        isRestoreNeeded: false,
      };
    case "stopped":
      return {
        sentence: `Start the old nodes with ${plan.from} on their own untouched data, then send all traffic back`,
        price: `no downtime, the new cluster serves until then; ${lost}`,
        isRestoreNeeded: false,
      };
    case "removed":
      return {
        sentence: `Install ${plan.from} again on the old hosts, which have to be made anew if they are gone, start it on its own untouched data, then send all traffic back`,
        price: `no downtime, but the time to rebuild the old nodes; ${lost}`,
        isRestoreNeeded: false,
      };
    default:
      return unreachable(stage);
  }
}
