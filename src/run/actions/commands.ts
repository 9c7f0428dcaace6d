import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { formatDuration } from "#src/kernel/duration.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Command } from "#src/plan/step.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { CommandResult } from "#src/upgrade/step-report.ts";
import { createLineSplitter } from "#src/run/output/lines.ts";
import { lineBuffering } from "#src/run/process/line-buffering.ts";
import { runProcess } from "#src/run/process/run-process.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import { markerOf } from "#src/run/process/running-processes.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";

/** Runs the commands of a step one after the other within the step's time limit; stops at the first that fails. */
export async function runCommands(commands: readonly Command[], context: StepContext): Promise<ActionResult> {
  const deadline = Date.now() + context.step.timeoutMs;
  const results: CommandResult[] = [];
  for (const command of commands) {
    const { result, end } = await runCommand(command, context, Math.max(1, deadline - Date.now()));
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

async function runCommand(command: Command, context: StepContext, timeoutMs: number): Promise<Ran> {
  const { redactor, output } = context;
  const argv = redactor.redactWords(command.argv);
  const shown = argv.join(" ");
  await output.write([`[${command.target}] $ ${shown}`]);
  const startedAt = performance.now();
  const end = await spawn(command, context, { shown, timeoutMs });
  const durationMs = Math.round(performance.now() - startedAt);
  return {
    result: {
      target: command.target,
      argv,
      timedOut: end.kind === "timed_out",
      durationMs,
      ...(end.kind === "exited" ? { exitCode: end.exitCode } : {}),
      ...(end.kind === "signalled" ? { signal: end.signal } : {}),
    },
    end: judgeEnd(end, { shown, timeoutMs }),
  };
}

async function spawn(
  command: Command,
  context: StepContext,
  { shown, timeoutMs }: { readonly shown: string; readonly timeoutMs: number },
): Promise<ProcessEnd> {
  const { output, redactor, running, step, upgradeId, attempt, log } = context;
  const place = { upgradeId, stepId: step.id, attempt };
  if (command.via !== undefined) {
    return { kind: "not_started", problem: `this runner runs nothing by ${describeTransport(command.via)}` };
  }
  const env = await secretEnv(command, context);
  if (env.kind === "missing") return { kind: "not_started", problem: env.problem };
  const file = await openFile(command);
  if (file.kind === "refused") return { kind: "not_started", problem: file.problem };
  await using handle = file.handle;
  const marker = markerOf(place, context.environment);
  const streams = { stdout: splitAndRedact(context), stderr: splitAndRedact(context) };
  const variables = { ...context.baseEnv, ...command.env, ...env.values, [marker.name]: marker.value };
  const end = await runProcess({
    argv: command.argv,
    env: { ...variables, ...(await lineBuffering(command.argv, variables)) },
    cwd: "/",
    timeoutMs,
    onSpawn: (groupId) =>
      running.remember(place, { groupId, command: shown, isGone: false }).catch((error: unknown) => {
        log.warn({ ...place, problem: errorMessage(error) }, "a started process could not be noted on disk");
      }),
    onOutput: (stream, bytes) =>
      stream === "stdout" && handle !== undefined ? handle.writeFile(bytes) : output.write(streams[stream].push(bytes)),
  });
  await output.write([...streams.stdout.end(), ...streams.stderr.end()]);
  const isOver = !("isGroupGone" in end) || end.isGroupGone;
  if (isOver) await running.forget(place);
  return end.kind === "not_started" ? { ...end, problem: redactor.redactText(end.problem) } : end;
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
  { shown, timeoutMs }: { readonly shown: string; readonly timeoutMs: number },
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
      return cutOff(`${shown} did not end within ${formatDuration(timeoutMs)}`, end.isGroupGone);
    case "cancelled":
      return cutOff(`${shown} was cancelled`, end.isGroupGone);
    default:
      return unreachable(end);
  }
}

function cutOff(why: string, isGone: boolean): ActionEnd {
  const left = isGone ? "all its processes were stopped" : "some of its processes could not be stopped and still run";
  return { kind: "cut_off", reason: `${why}; ${left}`, isGone };
}
