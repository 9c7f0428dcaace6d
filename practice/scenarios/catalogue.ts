import { calm } from "./calm.ts";
import { abortedExitZero, badBackup, finishThenRollback, upFails } from "./kong-faults.ts";
import { doubleClick, impostor } from "./people-faults.ts";
import { botKilled, runnerKilled, slackDrops } from "./process-faults.ts";
import type { Scenario } from "./scenario.ts";

export const mainJob: Scenario = calm;

/** What can go wrong in a rehearsal of the main job, by the name that `--fault` takes. */
export const faults: readonly Scenario[] = [
  abortedExitZero,
  upFails,
  runnerKilled,
  botKilled,
  slackDrops,
  impostor,
  doubleClick,
  badBackup,
  finishThenRollback,
];
