import { ok } from "#src/kernel/result.ts";
import { act, reasonOption, targetArgument } from "./act.ts";
import { warnOfWayBack } from "./approvers.ts";
import type { Command } from "./command.ts";
import { joinWarnings, warnWithoutRunner } from "./without-runner.ts";

export const rollback: Command = {
  word: "rollback",
  summary: "go back from exactly this point, by a plan of its own",
  details: [
    "What it costs depends on how far the upgrade came: the card always says it. Irreversible steps of the way back wait for their approvers.",
  ],
  example: 'rollback practice --reason "smoke tests fail"',
  positionals: [targetArgument],
  options: [reasonOption],
  atTerminal: false,
  run: (call) =>
    act(call, {
      intentFor: () => ok({ intent: "roll_back", reason: call.arguments.options.get("reason") ?? "", by: call.by }),
      done: "on its way back",
      warn: async (upgrade) =>
        joinWarnings(await warnOfWayBack(call, upgrade), await warnWithoutRunner(call, upgrade.request.environment)),
    }),
};
