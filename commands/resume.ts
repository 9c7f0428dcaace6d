import { ok } from "#src/kernel/result.ts";
import { act, targetArgument } from "./act.ts";
import type { Command } from "./command.ts";
import { warnWithoutRunner } from "./without-runner.ts";

export const resume: Command = {
  word: "resume",
  summary: "go on after a pause or a hold",
  details: [],
  example: "resume practice",
  positionals: [targetArgument],
  options: [],
  atTerminal: false,
  run: (call) =>
    act(call, {
      intentFor: () => ok({ intent: "resume", by: call.by }),
      done: "resumed",
      warn: ({ request }) => warnWithoutRunner(call, request.environment),
    }),
};
