import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { convertedFile } from "./backup-layout.ts";
import { allServing, migratingNode, nodeNames } from "./check-steps.ts";
import { conversionOf, deckWords, knowsKong } from "./deck-command.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

const makeEmptyAgain =
  "The old cluster was not touched. To repeat it, make the new database empty again, bootstrap and load once more.";

/** How the configuration gets into the new, empty cluster: what can be done before the freeze, and what after its start. */
export interface Loading {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/**
 * By decK from the one file that is configured, converted where the versions ask for it and read by a person, else by
 * hand. Several files are left to a person: a sync of the second deletes what the first brought, where both speak of one
 * workspace.
 */
export function loadConfiguration(context: PlanContext): Loading {
  const { declarative, sources: files } = context.environment;
  const byHand: Loading = { before: [], after: [loadByHand(context)] };
  const [only, ...more] = files?.declarative ?? [];
  if (declarative !== undefined) return loaded(context, declarative.converted) ?? byHand;
  if (only === undefined || more.length > 0) return byHand;
  const conversion = conversionOf(context.from, context.to);
  if (conversion === undefined) return loaded(context, only) ?? byHand;
  const output = convertedFile(context);
  const words = deckWords(context.environment, { kind: "convert", conversion, file: only, output });
  const loading = loaded(context, output);
  if (words === undefined || loading === undefined) return byHand;
  const before = [convert(context, words, { file: only, output }), readConverted(context, output)];
  return { ...loading, before };
}

function loaded(context: PlanContext, file: string): Loading | undefined {
  const step = loadFile(context, file);
  return step === undefined ? undefined : { before: [], after: [step] };
}

interface Conversion {
  readonly file: string;
  readonly output: string;
}

function convert(context: PlanContext, words: readonly string[], { file, output }: Conversion): Step {
  return {
    id: "green-convert-configuration",
    phase: "provision",
    title: `Convert ${file} for ${context.to}`,
    why: "Writes a new file; the old one stays as it is. decK asks before it overwrites a file and nobody would answer, so a part left by a broken attempt is removed first.",
    class: "safe",
    action: {
      kind: "commands",
      commands: [
        runnerCommand(["mkdir", "-p", context.environment.backupDir]),
        runnerCommand(["rm", "-f", output]),
        runnerCommand(words),
      ],
    },
    targets: ["runner"],
    precheck: [{ kind: "files_present", paths: [file] }],
    proof: [{ kind: "files_present", paths: [output] }],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing but a file was made.",
    source: sources.deck,
  };
}

function readConverted(context: PlanContext, output: string): Step {
  return {
    id: "green-read-converted",
    phase: "provision",
    title: "Read the converted configuration",
    why: "decK converts what it knows and only prints the rest: routes that lie below no service, and paths that merely look like regular expressions, are left to people.",
    class: "safe",
    action: {
      kind: "manual",
      instruction: `Whoever knows the routes: compare ${output} on the runner with the file it was made from, together with what decK printed in the step before, and correct it. Done when every path with a regular expression begins with one ~ and nothing was left out.`,
      button: "The file is right",
    },
    targets: ["runner"],
    precheck: [{ kind: "files_present", paths: [output] }],
    proof: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by reading.",
    source: sources.deck,
  };
}

/** One file by decK into the new cluster; undefined where decK cannot. */
function loadFile(context: PlanContext, file: string): Step | undefined {
  const green = greenContext(context);
  const node = migratingNode(green);
  const sync = deckWords(context.environment, { kind: "sync", file }, node);
  const diff = deckWords(context.environment, { kind: "diff", file }, node);
  if (sync === undefined || diff === undefined || !knowsKong(context.environment, context.to)) return undefined;
  return {
    id: "green-load-configuration",
    phase: "provision",
    title: `Load ${file} into ${node.name}`,
    why: "Sent to the new cluster only, before it gets any traffic. decK deletes there what the file does not name, and nothing else is there yet. Afterwards it has to find no difference.",
    class: "safe",
    action: { kind: "commands", commands: [runnerCommand(sync)] },
    targets: nodeNames(green),
    precheck: [{ kind: "files_present", paths: [file] }, ...allServing(green, context.to)],
    proof: [{ kind: "command_output", look: { target: "runner", argv: diff } }],
    timeoutMs: context.environment.timeouts.backupMs,
    isIdempotent: true,
    wayBack: makeEmptyAgain,
    source: sources.deck,
  };
}

function loadByHand(context: PlanContext): Step {
  const green = greenContext(context);
  const names = nodeNames(green).join(", ");
  return {
    id: "green-load-configuration",
    phase: "provision",
    title: `Load the configuration into ${names}`,
    why: "No single declarative file and decK without a token are configured for it, so a person does it. Only the new cluster may be written, before it gets any traffic.",
    class: "safe",
    action: {
      kind: "manual",
      instruction: `Whoever maintains the configuration: convert the declarative files to ${context.to} (\`deck file convert\`, and read the result), then load them into the Admin API of ${migratingNode(green).name}, one workspace after the other (\`deck gateway diff\`, \`deck gateway sync\`). Never into the old cluster. Done when \`deck gateway diff\` finds no difference. Leave the cluster empty if that is wanted.`,
      button: "The configuration is loaded",
    },
    targets: nodeNames(green),
    precheck: allServing(green, context.to),
    proof: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: makeEmptyAgain,
    source: sources.deck,
  };
}
