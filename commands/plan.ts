import { strategies } from "#src/plan/strategies/registry.ts";
import { optionsSchema } from "#src/plan/plan.ts";
import type { Command } from "./command.ts";
import { diffOption } from "./compare.ts";
import { environmentArgument, request, toOption } from "./request.ts";

export const plan: Command = {
  word: "plan",
  summary: "make the checklist for an upgrade; changes nothing",
  details: [
    "A runner reads the installation; the plan follows in the thread of a new card, with its findings, its questions and the full report as a file. A plan that was not started is superseded by a new one, and what changed is shown.",
    `Strategies: ${strategies.map(({ name, summary }) => `\`${name}\`: ${summary}`).join("; ")}. Without \`--strategy\` the one that suits the topology is taken, with the reason.`,
    "`--dry-run` shows exactly what `start` would execute, with its digest, and closes: nothing of it can be started, and an open plan stays as it is.",
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
    { name: "dry-run", description: "only shows the plan; nothing of it can be started" },
    diffOption,
  ],
  atTerminal: false,
  run: (call) => request(call, call.arguments.options.has("dry-run") ? "dry_run" : "plan"),
};
