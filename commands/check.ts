import type { Command } from "./command.ts";
import { environmentArgument, request, toOption } from "./request.ts";

export const check: Command = {
  word: "check",
  summary: "what would hit this installation on the way to a version; makes no plan and changes nothing",
  details: ["A runner reads the installation. The findings come into a thread, each with its evidence and remedy."],
  example: "check practice --to 3.4.2",
  positionals: [environmentArgument],
  options: [toOption],
  atTerminal: false,
  run: (call) => request(call, "check"),
};
