import { ok } from "#src/kernel/result.ts";
import { act, targetArgument } from "./act.ts";
import { refuseStarting } from "./approvers.ts";
import type { Command } from "./command.ts";
import { warnWithoutRunner } from "./without-runner.ts";

export const start: Command = {
  word: "start",
  summary: "begin the newest plan",
  details: ["Steps run one after the other, each is proven. Steps with a gate wait until their approvers agreed."],
  example: "start practice",
  positionals: [targetArgument],
  options: [],
  atTerminal: false,
  run: (call) =>
    act(call, {
      intentFor: () => ok({ intent: "start", by: call.by }),
      refuse: (upgrade) => refuseStarting(call, upgrade),
      done: "started",
      warn: ({ request }) => warnWithoutRunner(call, request.environment),
    }),
};
