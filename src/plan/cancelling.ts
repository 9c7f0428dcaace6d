import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "./environment.ts";
import { hookOf } from "./hook-of.ts";
import { kindOf } from "./step-kinds.ts";
import type { StepKind } from "./step-kinds.ts";
import type { Step } from "./step.ts";

/** Whether a step may be cancelled while it runs, in words for people. */
export type Cancelling =
  /** What may be left behind, as a sentence. */
  | { readonly kind: "possible"; readonly leaves: string }
  /** What would be left behind, as a sentence, and what to do instead. */
  | { readonly kind: "impossible"; readonly why: string; readonly instead: string };

/**
 * A running step is cancelled only where its kind says what is left then: what only looks or waits, what writes files of
 * its own, and hooks that declare it. Everything else is left to end, because half of it is worse than all of it.
 */
export function cancellingOf(step: Pick<Step, "id" | "action" | "proof">, hooks: Environment["hooks"]): Cancelling {
  switch (step.action.kind) {
    case "check":
    case "baseline":
    case "fingerprint":
    case "soak":
      return { kind: "possible", leaves: "Nothing was changed: the step only looks." };
    case "request":
      return impossible("A request that was sent to the Admin API cannot be called back.");
    case "manual":
      return impossible("A person does this step, so there is no process to end.");
    case "commands":
      return ofCommands(step, hooks);
    default:
      return unreachable(step.action);
  }
}

function ofCommands(step: Pick<Step, "id" | "action" | "proof">, hooks: Environment["hooks"]): Cancelling {
  const hook = hookOf(step, hooks);
  if (hook?.canBeCancelled === true) {
    return {
      kind: "possible",
      leaves: "What the site's own command had done until then stays as it is: look at it before you go on.",
    };
  }
  if (hook !== undefined) {
    return impossible(
      "It is a command of this site, and its configuration does not say that it can be cancelled (`cancel: true` of the hook).",
    );
  }
  const harmless = Object.entries(harmlessKinds).find(([part]) => `-${step.id}-`.includes(`-${part}-`))?.[1];
  if (harmless !== undefined) return { kind: "possible", leaves: harmless(step) };
  const kind = kindOf(step);
  return impossible(kind === undefined ? halfDone : (damages[kind] ?? halfDone));
}

/** Parts of ids of steps that change nothing of Kong, and what they leave when they are cut off. */
const harmlessKinds: Readonly<Record<string, (step: Pick<Step, "proof">) => string>> = {
  "backup-database": (step) =>
    `An incomplete dump may lie at ${dumpOf(step) ?? "its place in the backup folder"}: do not restore from it. A retry writes it anew.`,
  "backup-declarative": incompleteFiles,
  "backup-declarative-files": incompleteFiles,
  "backup-deck": incompleteFiles,
  "backup-files": incompleteFiles,
  "dump-workspaces": incompleteFiles,
  "save-releases": incompleteFiles,
  drain: () =>
    "Some of these nodes may be out of traffic already. They serve again when they are restarted, or when a retry takes the batch on.",
  "check-batch": onlyReads,
  "check-configuration": onlyReads,
  "check-declarative": onlyReads,
  "convert-configuration": incompleteFiles,
};

function dumpOf({ proof }: Pick<Step, "proof">): string | undefined {
  return proof.find((probe) => probe.kind === "archive_readable")?.file;
}

function incompleteFiles(): string {
  return "Incomplete files may lie in the backup folder of this upgrade: do not go back to them. A retry writes them anew.";
}

function onlyReads(): string {
  return "Nothing was changed: the command only reads files.";
}

const halfDone = "Nobody can say what would be left behind if it were cut off in the middle.";

const migrating =
  "Kong changes its tables in several transactions and ignores the first signal; cut off in between, the schema would be neither the old nor the new one.";

const restoring = "The database would be left partly restored, and nothing could start on it.";

const helm = "Helm would leave the release in a pending state, and refuse the next upgrade of it.";

/** What cutting off these would leave behind. */
const damages: Readonly<Partial<Record<StepKind, string>>> = {
  "helm-finish": migrating,
  "migrations-bootstrap": migrating,
  "migrations-finish": migrating,
  "migrations-up": migrating,
  copy: restoring,
  import: "Part of the configuration would be loaded, and the rest not.",
  install: "The package would be left half installed.",
  "restore-database": restoring,
  "restore-keyring": "The keyring would be left partly restored.",
  rollback: helm,
  start: "The node might come up all the same, after everybody took it for stopped.",
  stop: "The node goes on stopping by itself once it was told to, so ending the command would not keep it up.",
  upgrade: helm,
};

function impossible(why: string): Cancelling {
  return {
    kind: "impossible",
    why,
    instead: "It ends by itself, or at its time limit. `/kong-upgrade pause` stops before the next step.",
  };
}
