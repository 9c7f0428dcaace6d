import { ok } from "#src/kernel/result.ts";
import { act, reasonOption, targetArgument } from "./act.ts";
import type { Command } from "./command.ts";

export const unschedule: Command = {
  word: "unschedule",
  summary: "take back the time at which a plan is to be started",
  details: ["The plan stays; `start` begins it now, `start --at` at another time."],
  example: 'unschedule practice --reason "the change was moved"',
  positionals: [targetArgument],
  options: [reasonOption],
  atTerminal: true,
  run: (call) =>
    act(call, {
      intentFor: () => ok({ intent: "unschedule", reason: call.arguments.options.get("reason") ?? "", by: call.by }),
      done: "not scheduled any more",
    }),
};
