import { ok } from "#src/kernel/result.ts";
import { act } from "./act.ts";
import type { Command } from "./command.ts";

export const release: Command = {
  word: "release",
  summary: "take environment and database away from an upgrade, which is closed as it stands",
  details: [
    "For an upgrade that nobody will go on with and that keeps others from the environment or its database. Nothing is undone. A runner that still works under the old lock finishes its step and starts no other: the next lock has another number.",
    "By its owner, or by people whom the configuration names as operators. Refused while a step runs or nobody knows how it ended; `--even-if-unsettled` says that you made sure yourself, and is recorded.",
  ],
  example: 'release KU-2026-0007 --reason "its runner host was scrapped; nothing of it works any more"',
  positionals: [{ name: "upgrade", description: "such as KU-2026-0007", isRequired: true, kind: "upgrade" }],
  options: [
    { name: "reason", description: "why, for the record", value: "text", isRequired: true },
    { name: "even-if-unsettled", description: "also while a step runs or its outcome is unknown" },
  ],
  atTerminal: false,
  run: (call) => {
    const { options, positionals } = call.arguments;
    const reason = options.get("reason") ?? "";
    const evenIfUnsettled = options.has("even-if-unsettled");
    const target = positionals.get("upgrade");
    return act(
      { ...call, arguments: { ...call.arguments, positionals: new Map([["target", target ?? ""]]) } },
      {
        intentFor: () => ok({ intent: "release_lock", reason, evenIfUnsettled, by: call.by }),
        done: "closed as it stands, and environment and database are free",
      },
    );
  },
};
