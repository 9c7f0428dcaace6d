import { formatDuration } from "#src/kernel/duration.ts";
import { unreachable } from "#src/kernel/result.ts";
import { proofOf } from "#src/plan/hook-of.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command, Step, StepClass } from "#src/plan/step.ts";
import { commandPlace } from "#src/plan/transport.ts";
import { escapeLines, escapeText, inlineCode } from "./text.ts";

const classMarks = { safe: "🟢", disruptive: "🟠", irreversible: "🔴" } as const satisfies Record<StepClass, string>;

/** `🔴 irreversible`: never by colour alone. */
export function classText(stepClass: StepClass): string {
  return `${classMarks[stepClass]} ${stepClass}`;
}

/** What a step takes away for good. */
export function destroysText({ class: stepClass }: Pick<Step, "class">): string {
  return {
    safe: "*Destroys:* nothing.",
    disruptive: "*Destroys:* nothing for good, but traffic may suffer while it runs.",
    irreversible: "*Destroys:* the direct way back. Only what the way back below says brings the old state again.",
  }[stepClass];
}

/** `step 3 of 26` */
export function placeOf(plan: Plan, { id }: Step): string {
  return `step ${plan.steps.findIndex((step) => step.id === id) + 1} of ${plan.steps.length}`;
}

/** The commands of a step exactly as they are started; other kinds of work in a sentence. */
export function actionLines(step: Step, maxLength = 700): readonly string[] {
  const { action } = step;
  switch (action.kind) {
    case "check":
      return ["looks only; the proof is the whole work"];
    case "commands":
      return action.commands.map(
        (command) => `${escapeText(commandPlace(command), 400)}: ${inlineCode(commandLine(command), maxLength)}`,
      );
    case "baseline":
      return [
        `${action.settleMs === undefined ? "" : `waits ${formatDuration(action.settleMs)}, then `}measures counts, a fingerprint of the configuration and the error rate`,
      ];
    case "fingerprint":
      return ["measures a fingerprint of the configuration"];
    case "soak":
      return [`watches for ${formatDuration(action.durationMs)} and compares with the baseline`];
    case "request":
      return [`${escapeText(action.node, 60)}: ${inlineCode(requestLine(action), maxLength)}`];
    case "manual":
      return [`by hand: ${escapeLines(action.instruction, maxLength)}`];
    default:
      return unreachable(action);
  }
}

/** Argv as one readable line: words with anything but plain characters are quoted. Never run, only shown. */
function commandLine({ argv, env, stdoutFile }: Command): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const file = stdoutFile === undefined ? [] : [`(output into ${quoted(stdoutFile)})`];
  return [...variables, ...argv.map(quoted), ...file].join(" ");
}

/** A request as one readable line; secret fields show where their value lies. */
function requestLine(action: Extract<Step["action"], { kind: "request" }>): string {
  const secrets = Object.entries(action.secretFields).map(([field, ref]) => [field, `<${JSON.stringify(ref)}>`]);
  const body = { ...action.body, ...Object.fromEntries(secrets) };
  return `${action.method} ${action.path} ${JSON.stringify(body)}`;
}

/** How the outcome is proven, in few words. */
export function proofText(step: Step): string {
  const proof = proofOf(step);
  const probes = proof.map(describeProbe).join("; ");
  if (step.action.kind !== "manual") return proof.length === 0 ? "its own result" : probes;
  return proof.length === 0 ? "a person confirms it" : `a person confirms it; later steps ask: ${probes}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function describeProbe(probe: Probe): string {
  switch (probe.kind) {
    case "cli_version":
      return escapeText(`kong version on ${probe.node} is ${probe.version}`);
    case "node_stopped":
      return escapeText(`${probe.node} is stopped`);
    case "node_serving":
      return escapeText(`${probe.node} serves ${probe.version}`);
    case "migrations":
      return `migrations are ${probe.oneOf.join(" or ").replaceAll("_", " ")}`;
    case "schema_meta":
      return "schema_meta is as before";
    case "migration_lock_free":
      return "no migration lock is held";
    case "archive_readable":
      return "the archive is readable to its end";
    case "counts_match_baseline":
      return escapeText(`row counts of ${probe.database.name} match the baseline`);
    case "configuration_unchanged":
      return "the configuration is unchanged";
    case "smoke":
      return escapeText(
        `${probe.tests.length === 1 ? "one smoke test" : `${probe.tests.length} smoke tests`} on ${probe.nodes.join(", ")}`,
      );
    case "files_present":
      return `${probe.paths.length === 1 ? "the file is there" : `${probe.paths.length} files are there`}${probe.node === undefined ? "" : ` on ${escapeText(probe.node, 60)}`}`;
    case "database_absent":
      return escapeText(`database ${probe.name} is gone`);
    case "database_present":
      return escapeText(`database ${probe.name} is there`);
    case "database_empty":
      return escapeText(`database ${probe.name} is empty`);
    case "no_kong_sessions":
      return probe.except === undefined
        ? "no Kong session is left on the database"
        : escapeText(`only ${probe.except.join(", ")} are connected to the database`);
    case "host_answers":
      return escapeText(`the host of ${probe.node} is up`);
    case "node_ready":
      return escapeText(`${probe.node} is ready with ${probe.version}`);
    case "group_serving":
      return escapeText(
        `at least ${probe.minimum} other nodes ${probe.group === undefined ? "without a group" : `of ${probe.group}`} are up with ${probe.versions.join(" or ")}`,
      );
    case "data_planes_synced":
      return escapeText(`data planes of ${probe.controlPlane} are ${probe.expect} with ${probe.version}`);
    case "command_output":
      return inlineCode(probe.look.argv.join(" "), 120);
    case "hook_done":
      return `${inlineCode(probe.look.argv.join(" "), 120)} says that it is done`;
    case "workload_rolled_out":
      return escapeText(`release ${probe.release} is rolled out with ${probe.version}`);
    case "migrations_in_cluster":
      return escapeText(`migrations of release ${probe.release} are ${probe.oneOf.join(" or ").replaceAll("_", " ")}`);
    case "no_other_image":
      return escapeText(`no pod runs another image than ${probe.version}`);
    case "licence_valid":
      return escapeText(`${probe.node} has a valid licence`);
    case "workers_replaced":
      return escapeText(`${probe.node} runs new workers`);
    case "same_entities":
      return escapeText(`${probe.left} and ${probe.right} hold equally many entities`);
    default:
      return unreachable(probe);
  }
}
