import { ok } from "#src/kernel/result.ts";
import { act, reasonOption, targetArgument } from "./act.ts";
import type { Command } from "./command.ts";

export const pause: Command = {
  word: "pause",
  summary: "stop before the next step",
  details: [
    "A running step is not interrupted; it ends, and nothing follows until somebody resumes. `cancel` ends one where its kind allows it.",
  ],
  example: 'pause practice --reason "traffic peak"',
  positionals: [targetArgument],
  options: [reasonOption],
  atTerminal: true,
  run: (call) =>
    act(call, {
      intentFor: () => ok({ intent: "pause", reason: call.arguments.options.get("reason") ?? "", by: call.by }),
      done: "paused before its next step",
    }),
};
