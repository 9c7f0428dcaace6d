import { strategies } from "#src/plan/strategies/registry.ts";
import { optionsSchema } from "#src/plan/plan.ts";
import type { Command } from "./command.ts";
import { environmentArgument, request, toOption } from "./request.ts";

export const plan: Command = {
  word: "plan",
  summary: "make the checklist for an upgrade; changes nothing",
  details: [
    "A runner reads the installation; the plan follows in the thread of a new card. A plan that was not started is superseded by a new one.",
    "`--order test-first` (the default) starts and tests the new version before `migrations finish`; `documented` is Kong's own order.",
  ],
  example: "plan practice --to 3.4.2",
  positionals: [environmentArgument],
  options: [
    toOption,
    {
      name: "strategy",
      description: "the way to upgrade",
      value: "strategy",
      choices: strategies.map(({ name }) => name),
    },
    {
      name: "order",
      description: "when `migrations finish` runs",
      value: "order",
      choices: optionsSchema.shape.order.options,
    },
  ],
  atTerminal: false,
  run: (call) => request(call, "plan"),
};
