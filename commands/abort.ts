import { ok } from "#src/kernel/result.ts";
import { act, reasonOption, targetArgument } from "./act.ts";
import type { Command } from "./command.ts";

export const abort: Command = {
  word: "abort",
  summary: "end an upgrade that has changed nothing; one that has is rolled back instead",
  details: [
    "With `--leave-as-is` an upgrade that has changed something is closed as it stands: nothing is undone, and the record says so.",
  ],
  example: 'abort practice --reason "wrong week"',
  positionals: [targetArgument],
  options: [reasonOption, { name: "leave-as-is", description: "close it although steps have run; nothing is undone" }],
  atTerminal: true,
  run: (call) => {
    const { options } = call.arguments;
    const reason = options.get("reason") ?? "";
    const leaveAsIs = options.has("leave-as-is");
    return act(call, { intentFor: () => ok({ intent: "abort", reason, leaveAsIs, by: call.by }), done: "aborted" });
  },
};
