import type { Command } from "./command.ts";
import { strategies } from "#src/plan/strategies/registry.ts";
import { environmentArgument, request, toOption } from "./request.ts";

export const check: Command = {
  word: "check",
  summary: "what would hit this installation on the way to a version; makes no plan and changes nothing",
  details: [
    "A runner reads the installation. The card says whether there is a way, which strategy suits and why, how many findings there are of which severity, and what nobody looked at; the thread has each finding with its evidence and remedy, and the full report as a file.",
    `Strategies that are weighed: ${strategies.map(({ name }) => name).join(", ")}.`,
    "Questions that only people can answer are listed; a plan asks them.",
  ],
  example: "check practice --to 3.4.2",
  positionals: [environmentArgument],
  options: [toOption],
  atTerminal: false,
  run: (call) => request(call, "check"),
};
