import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { backupFolder } from "./backup-layout.ts";
import { allServing, migratingNode, nodeNames } from "./check-steps.ts";
import { deckWords, knowsKong } from "./deck-command.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** Names that can stand in arguments and file names without a second look. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.~-]{0,60}$/u;

/** How the workspaces get from the old cluster into the new one: read while the old one is frozen, written once the new one runs. */
export interface Carrying {
  readonly dump: readonly Step[];
  readonly sync: readonly Step[];
}

/** By decK, one file per workspace, where decK can and the workspaces are known; by a person where not. */
export function carryWorkspaces(context: PlanContext): Carrying {
  const byHand: Carrying = { dump: [], sync: [carryByHand(context)] };
  const names = context.environment.adminApi?.workspaces ?? context.facts.installation?.workspaces?.value ?? [];
  if (names.length === 0 || !names.every((name) => plainName.test(name))) return byHand;
  if (!knowsKong(context.environment, context.to)) return byHand;
  const green = greenContext(context);
  const [old, fresh] = [migratingNode(context), migratingNode(green)];
  const moves = names.map((workspace) => {
    const file = `${backupFolder(context)}/workspace-${workspace}.yaml`;
    return {
      file,
      dump: deckWords(context.environment, { kind: "dump", file, workspace }, old),
      sync: deckWords(context.environment, { kind: "sync", file }, fresh),
      diff: deckWords(context.environment, { kind: "diff", file }, fresh),
    };
  });
  const files = moves.map(({ file }) => file);
  const [dumps, syncs, diffs] = [
    moves.flatMap(({ dump }) => (dump === undefined ? [] : [dump])),
    moves.flatMap(({ sync }) => (sync === undefined ? [] : [sync])),
    moves.flatMap(({ diff }) => (diff === undefined ? [] : [diff])),
  ];
  const isWhole = [dumps, syncs, diffs].every((words) => words.length === moves.length);
  return isWhole
    ? { dump: [dumpAll(context, files, dumps)], sync: [syncAll(context, syncs, diffs), restByHand(context)] }
    : byHand;
}

/**
 * The same by decK as a further backup, where decK is configured, knows the running version and may be used without a
 * token. Kong's guide asks for both kinds of backup, and for decK before `kong config` unless that is known well.
 */
export function backUpByDeck(context: PlanContext): readonly Step[] {
  const { environment, facts, from } = context;
  if (!knowsKong(environment, from)) return [];
  const listed = environment.adminApi?.workspaces ?? facts.installation?.workspaces?.value ?? [];
  // Kong OSS has the one workspace that decK takes by itself.
  const names = environment.edition === "oss" ? [undefined] : listed;
  if (!names.every((name) => name === undefined || plainName.test(name))) return [];
  const dumps = names.map((workspace) => {
    const file = `${backupFolder(context)}/deck${workspace === undefined ? "" : `-${workspace}`}.yaml`;
    const purpose = { kind: "dump", file, ...(workspace === undefined ? {} : { workspace }) } as const;
    return { file, words: deckWords(environment, purpose, migratingNode(context)) };
  });
  const words = dumps.flatMap((dump) => (dump.words === undefined ? [] : [dump.words]));
  const files = dumps.map(({ file }) => file);
  if (words.length === 0 || words.length < dumps.length) return [];
  return [
    adapted(dumpAll(context, files, words), {
      id: "backup-deck",
      title: "Dump the configuration by decK",
      why: `A way back for single entities, and into an empty database where no restore works. It leaves out ${notInFiles}. decK asks before it overwrites a file and nobody would answer, so parts left by a broken attempt are removed first.`,
      source: sources.ltsBackup,
    }),
  ];
}

type Words = readonly string[];

function dumpAll(context: PlanContext, files: readonly string[], words: readonly Words[]): Step {
  return {
    id: "dump-workspaces",
    phase: "back_up",
    title: `Dump ${files.length === 1 ? "the workspace" : `${files.length} workspaces`} of the old cluster by decK`,
    why: "Only reads the old cluster's Admin API. decK asks before it overwrites a file and nobody would answer, so parts left by a broken attempt are removed first.",
    class: "safe",
    action: {
      kind: "commands",
      commands: [
        ...files.map((file) => runnerCommand(["rm", "-f", file])),
        ...words.map((argv) => runnerCommand(argv)),
      ],
    },
    targets: nodeNames(context),
    precheck: [{ kind: "files_present", paths: [backupFolder(context)] }, ...allServing(context, context.from)],
    proof: [{ kind: "files_present", paths: files }],
    timeoutMs: context.environment.timeouts.backupMs,
    isIdempotent: true,
    wayBack: "Kong was not changed; only files were made.",
    source: sources.offCassandra,
  };
}

function syncAll(context: PlanContext, words: readonly Words[], diffs: readonly Words[]): Step {
  const green = greenContext(context);
  return {
    id: "green-sync-workspaces",
    phase: "provision",
    title: `Load ${words.length === 1 ? "the workspace" : `${words.length} workspaces`} into ${migratingNode(green).name} by decK`,
    why: "Sent to the new cluster only, before it gets any traffic; each file names its workspace. Afterwards decK has to find no difference.",
    class: "safe",
    action: { kind: "commands", commands: words.map((argv) => runnerCommand(argv)) },
    targets: nodeNames(green),
    precheck: allServing(green, context.to),
    proof: diffs.map((argv) => ({ kind: "command_output", look: { target: "runner", argv } })),
    timeoutMs: context.environment.timeouts.backupMs,
    isIdempotent: true,
    wayBack:
      "The old cluster was not touched. To repeat it, make the new database empty again, bootstrap and load once more.",
    source: sources.offCassandra,
  };
}

const notInFiles =
  "administrators, RBAC users and groups, developers and portal, event hooks, and passwords of basic-auth, which come out as hashes";

function restByHand(context: PlanContext): Step {
  const green = greenContext(context);
  return {
    ...byPerson(context),
    id: "green-carry-rest",
    title: "Carry over what decK does not hold",
    why: `decK leaves out ${notInFiles}.`,
    action: {
      kind: "manual",
      instruction: `Whoever administers Kong: make on ${migratingNode(green).name} by Admin API or Kong Manager what is in use of these: ${notInFiles}. Only on the new cluster. Done when an administrator can log in and one request of each kind of authentication is answered.`,
      button: "The rest is carried over",
    },
  };
}

function carryByHand(context: PlanContext): Step {
  const [old, fresh] = [migratingNode(context), migratingNode(greenContext(context))];
  return {
    ...byPerson(context),
    id: "green-carry-workspaces",
    title: "Carry the workspaces over into the new cluster",
    why: "decK without a token, or the names of the workspaces, are not configured for it, so a person does it. Only the new cluster may be written.",
    action: {
      kind: "manual",
      instruction: `Whoever administers Kong: dump each workspace of ${old.name} by decK (\`deck gateway dump -w WORKSPACE -o FILE\`, and once with \`--rbac-resources-only\`), load the files into ${fresh.name} (\`deck gateway sync FILE\`), then make by hand what decK does not hold: ${notInFiles}. Done when \`deck gateway diff\` finds no difference in any workspace.`,
      button: "The workspaces are carried over",
    },
  };
}

function byPerson(
  context: PlanContext,
): Pick<
  Step,
  "phase" | "class" | "targets" | "precheck" | "proof" | "timeoutMs" | "isIdempotent" | "wayBack" | "source"
> {
  const green = greenContext(context);
  return {
    phase: "provision",
    class: "safe",
    targets: nodeNames(green),
    precheck: allServing(green, context.to),
    proof: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "The old cluster was not touched.",
    source: sources.offCassandra,
  };
}
