import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { formatDuration } from "#src/kernel/duration.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Command } from "#src/plan/step.ts";
import { commandPlace, describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { CommandResult } from "#src/upgrade/step-report.ts";
import { whyNotOurs } from "#src/run/ownership.ts";
import { createLineSplitter } from "#src/run/output/lines.ts";
import { lineBuffering } from "#src/run/process/line-buffering.ts";
import { runProcess } from "#src/run/process/run-process.ts";
import type { ProcessCall, ProcessEnd } from "#src/run/process/run-process.ts";
import { markerOf, traceVariable } from "#src/run/process/running-processes.ts";
import type { StepAttempt } from "#src/run/process/running-processes.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";
import { cancelledEnd } from "./cancelled.ts";
import { runElsewhere } from "./elsewhere.ts";
import type { ElsewhereCall, Manner, StartedElsewhere } from "./elsewhere.ts";

/** Runs the commands of a step one after the other within the step's time limit; stops at the first that fails. */
export function runCommands(commands: readonly Command[], context: StepContext): Promise<ActionResult> {
  return runInOrder(commands, context, { manner: { kind: "start" }, leftMs: context.step.timeoutMs });
}

/**
 * Follows commands to their end that this runner started elsewhere before it was started again itself, each with the place
 * where it was started; what had not begun by then is never started.
 */
export function takeUpCommands(
  { commands, begun, leftMs }: StartedElsewhere,
  context: StepContext,
): Promise<ActionResult> {
  return runInOrder(commands, context, { manner: { kind: "take_up", begun }, leftMs });
}

interface Course {
  readonly manner: Manner;
  /** Of the step's time limit. */
  readonly leftMs: number;
  /** Which commands of the step these are, where they are not all of them. */
  readonly indexes?: readonly number[];
}

/** Some commands of a step, one after the other, to the first that fails. */
export async function runInOrder(
  commands: readonly Command[],
  context: StepContext,
  { manner, leftMs, indexes }: Course,
): Promise<ActionResult> {
  // Not by the clock of the day, which may jump.
  const deadline = performance.now() + leftMs;
  const results: CommandResult[] = [];
  for (const [at, command] of commands.entries()) {
    if (context.cancel.aborted) {
      return {
        end: cancelledEnd(context, { what: `the rest of ${context.step.id}`, isGone: true }),
        commands: results,
      };
    }
    const timeoutMs = Math.max(1, deadline - performance.now());
    const { result, end } = await runCommand(command, context, { manner, index: indexes?.[at] ?? at, timeoutMs });
    results.push(result);
    if (end.kind !== "completed") return { end: afterOthers(end, results), commands: results };
  }
  return { end: { kind: "completed" }, commands: results };
}

/** A later command that could not start leaves the work of the earlier ones behind. */
function afterOthers(end: ActionEnd, results: readonly CommandResult[]): ActionEnd {
  return end.kind === "failed" ? { ...end, wasStarted: end.wasStarted || results.length > 1 } : end;
}

interface Ran {
  readonly result: CommandResult;
  readonly end: ActionEnd;
}

interface Turn {
  readonly manner: Manner;
  /** Which command of the step it is. */
  readonly index: number;
  readonly timeoutMs: number;
}

/** As the record shows it, and who hears where it really runs. */
interface Spawn extends Turn {
  readonly shown: string;
  readonly onPlace: (where: Transport) => void;
}

async function runCommand(command: Command, context: StepContext, turn: Turn): Promise<Ran> {
  const { redactor, output } = context;
  const argv = redactor.redactWords(command.argv);
  const shown = argv.join(" ");
  await output.write([`[${commandPlace(command)}] $ ${shown}`]);
  const startedAt = performance.now();
  let { via } = command;
  const onPlace = (where: Transport): void => {
    via = where;
  };
  const end = await spawn(command, context, { ...turn, shown, onPlace });
  const durationMs = Math.round(performance.now() - startedAt);
  return {
    result: {
      target: command.target,
      ...(via === undefined ? {} : { via: redactor.redactText(describeTransport(via)) }),
      argv,
      timedOut: end.kind === "timed_out",
      durationMs,
      ...(end.kind === "exited" ? { exitCode: end.exitCode } : {}),
      ...(end.kind === "signalled" ? { signal: end.signal } : {}),
    },
    end: judgeEnd(end, { shown, timeoutMs: turn.timeoutMs, context }),
  };
}

async function spawn(command: Command, context: StepContext, { shown, ...turn }: Spawn): Promise<ProcessEnd> {
  const { output, redactor, running, step, upgradeId, attempt, log } = context;
  const place = { upgradeId, stepId: step.id, attempt };
  const env = await secretEnv(command, context);
  if (env.kind === "missing") return { kind: "not_started", problem: env.problem };
  const obstacle = turn.manner.kind === "start" ? await whyNotNow(place, command, context, turn.index) : undefined;
  if (obstacle !== undefined) return { kind: "not_started", problem: obstacle };
  // Only now: it empties the file, which may be what somebody else has saved meanwhile.
  const file = await openFile(command);
  if (file.kind === "refused") return { kind: "not_started", problem: file.problem };
  await using handle = file.handle;
  const marker = markerOf(place, context.environment);
  const streams = { stdout: splitAndRedact(context), stderr: splitAndRedact(context) };
  let isFileWhole = true;
  const call: ElsewhereCall = {
    argv: command.argv,
    env: {
      ...command.env,
      ...env.values,
      [marker.name]: marker.value,
      ...(context.trace === undefined ? {} : { [traceVariable]: context.trace }),
    },
    timeoutMs: turn.timeoutMs,
    cancel: context.cancel,
    onOutput: (stream, bytes) =>
      stream === "stdout" && handle !== undefined ? handle.writeFile(bytes) : output.write(streams[stream].push(bytes)),
  };
  const onLeftOut = async (stream: "stdout" | "stderr", bytes: number): Promise<void> => {
    if (stream === "stdout" && handle !== undefined) isFileWhole = false;
    await output.write([`[at least ${bytes} bytes of its ${stream} are left out: the target could not keep them]`]);
  };
  const onContact = async (problem: string | undefined): Promise<void> => {
    const why = problem === undefined ? undefined : redactor.redactText(problem);
    if (why !== undefined) log.warn({ ...place, target: command.target, problem: why }, "no contact with a command");
    await output.write([
      why === undefined
        ? `[contact again with ${command.target}]`
        : `[no contact with ${command.target} (${why}); the command goes on there if its machine runs, and is looked for again and again]`,
    ]);
  };
  const onSpawn = (groupId: number): Promise<void> =>
    running.remember(place, { groupId, command: shown, isGone: false }).catch((error: unknown) => {
      log.warn({ ...place, problem: errorMessage(error) }, "a started process could not be noted on disk");
    });
  const variables = { ...context.baseEnv, ...call.env };
  const end =
    command.via === undefined
      ? await runProcess({ ...call, ...(await livePrinting(command, variables, running.outputFolder(place))), onSpawn })
      : await runElsewhere(command.via, { ...call, onLeftOut, onContact }, { ...turn, context });
  await output.write([...streams.stdout.end(), ...streams.stderr.end()]);
  const isOver = !("isGroupGone" in end) || end.isGroupGone;
  if (isOver && command.via === undefined) await running.forget(place);
  if (!isFileWhole && end.kind === "exited")
    return { kind: "lost", problem: `${command.stdoutFile} does not hold all of it`, isGroupGone: isOver };
  return "problem" in end && end.problem !== undefined ? { ...end, problem: redactor.redactText(end.problem) } : end;
}

/**
 * A program that hands over each line at once would be killed by its next line, in the middle of a migration, when this
 * runner dies: its output goes through files.
 */
async function livePrinting(
  { argv }: Command,
  variables: Readonly<Record<string, string>>,
  outputFolder: string,
): Promise<Pick<ProcessCall, "env" | "cwd" | "outputFolder">> {
  const buffering = await lineBuffering(argv, variables);
  const isLive = Object.keys(buffering).length > 0;
  return { env: { ...variables, ...buffering }, cwd: "/", ...(isLive ? { outputFolder } : {}) };
}

/**
 * The last look before a process is started. Whoever was stopped or cut off after the claim may have been given up, and
 * somebody else may have been told to do it. Once a command of the step has run, a database that is away stops nothing.
 */
async function whyNotNow(
  place: StepAttempt,
  { via }: Command,
  { running, isStillOurs }: StepContext,
  index: number,
): Promise<string | undefined> {
  try {
    // What runs elsewhere is no process of this machine, and is noted right before it starts (elsewhere.ts).
    if (via === undefined) await running.prepare(place);
  } catch (error) {
    return `it could not be noted on this runner's disk: ${errorMessage(error)}`;
  }
  const isOurs = await isStillOurs();
  if (isOurs === true || (isOurs === undefined && index > 0)) return undefined;
  return whyNotOurs(isOurs);
}

type OutputFile =
  | { readonly kind: "ready"; readonly handle: FileHandle | undefined }
  | { readonly kind: "refused"; readonly problem: string };

/** The file that a command's output goes into instead of the record; only the runner's account may read it. */
async function openFile({ stdoutFile }: Command): Promise<OutputFile> {
  if (stdoutFile === undefined) return { kind: "ready", handle: undefined };
  try {
    return { kind: "ready", handle: await open(stdoutFile, "w", 0o600) };
  } catch (error) {
    return { kind: "refused", problem: `its output cannot be saved: ${errorMessage(error)}` };
  }
}

interface RedactedLines {
  push(bytes: Uint8Array): readonly string[];
  end(): readonly string[];
}

function splitAndRedact({ redactor }: StepContext): RedactedLines {
  const splitter = createLineSplitter(redactor.margin);
  const lines = redactor.forStream();
  return {
    push: (bytes) => splitter.push(bytes).map((line) => lines.redactLine(line)),
    end: () => splitter.end().map((line) => lines.redactLine(line)),
  };
}

type SecretEnv =
  | { readonly kind: "resolved"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "missing"; readonly problem: string };

async function secretEnv(command: Command, { resolveSecret }: StepContext): Promise<SecretEnv> {
  try {
    const entries = await Promise.all(
      Object.entries(command.secrets).map(async ([name, ref]) => [name, await resolveSecret(ref)] as const),
    );
    return { kind: "resolved", values: Object.fromEntries(entries) };
  } catch (error) {
    return { kind: "missing", problem: errorMessage(error) };
  }
}

/** `end` is redacted already. */
function judgeEnd(
  end: ProcessEnd,
  { shown, timeoutMs, context }: { readonly shown: string; readonly timeoutMs: number; readonly context: StepContext },
): ActionEnd {
  switch (end.kind) {
    case "not_started":
      return { kind: "failed", reason: `${shown} was not started: ${end.problem}`, wasStarted: false };
    case "exited":
      return end.exitCode === 0
        ? { kind: "completed" }
        : { kind: "failed", reason: `${shown} ended with exit status ${end.exitCode}`, wasStarted: true };
    case "signalled":
      return { kind: "cut_off", reason: `${shown} was ended by ${end.signal}`, isGone: true };
    case "timed_out":
      return {
        kind: "cut_off",
        reason: `${shown} did not end within ${formatDuration(timeoutMs)}; ${
          end.isGroupGone
            ? "all its processes were stopped"
            : "some of its processes could not be stopped and still run"
        }${end.problem === undefined ? "" : `; ${end.problem}`}`,
        isGone: end.isGroupGone,
      };
    case "cancelled":
      return cancelledEnd(context, { what: shown, isGone: end.isGroupGone });
    case "lost":
      return {
        kind: "cut_off",
        reason: `nobody knows how ${shown} ended: ${end.problem}`,
        isGone: end.isGroupGone,
      };
    default:
      return unreachable(end);
  }
}
