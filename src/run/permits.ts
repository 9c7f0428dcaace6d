import type { Environment } from "#src/plan/environment.ts";
import { programsOf, programsOfCommand, programsOfWay } from "#src/plan/programs.ts";
import type { Command, Step } from "#src/plan/step.ts";
import type { Transport } from "#src/plan/transport.ts";
import { looksOfStep } from "./looks-of-step.ts";

/** What the runner's own file allows; what is absent is not limited by it. */
export interface Permits {
  /** The file's path, for people. */
  readonly file?: string;
  readonly transports?: readonly ("local" | Transport["kind"])[] | undefined;
  /** Exactly as commands call them: absolute paths, or names without slashes. */
  readonly programs?: readonly string[] | undefined;
}

/** What decides whether something may be started: its words, and where it would run. */
interface Start {
  readonly argv: readonly string[];
  readonly via?: Command["via"];
}

/**
 * Why this runner starts no such command, as half a sentence with what to do; undefined where it may. Names are compared
 * letter by letter, and no path is resolved: whoever edits a plan gets no other file started by a detour in its name.
 */
export function whyForbidden(start: Start, environment: Environment, permits: Permits): string | undefined {
  return judging(environment, permits)(start);
}

/** The same for a place where something is only looked for: what leads there is started, too. */
export function whyPlaceForbidden(via: Transport, environment: Environment, permits: Permits): string | undefined {
  return judging(environment, permits)({ via });
}

/** The same for many starts: what is allowed is put together once, for a thousand nodes have many programs. */
function judging(environment: Environment, permits: Permits): (start: Partial<Start>) => string | undefined {
  const where = permits.file ?? "the runner's own configuration";
  const allows = allowing(permits.programs, environment);
  return ({ argv, via }) => {
    const kind = via?.kind ?? "local";
    if (permits.transports !== undefined && !permits.transports.includes(kind)) {
      const allowed = permits.transports.join(", ");
      return `${where} does not allow the transport ${kind} (allowed: ${allowed}); whoever owns this runner adds it to its transports, or another runner serves ${environment.name}`;
    }
    const programs = [...(argv === undefined ? [] : programsOfCommand(argv)), ...programsOfWay(via)];
    const forbidden = programs.find((program) => !allows(program));
    if (forbidden === undefined) return undefined;
    return permits.programs === undefined
      ? `this runner's configuration of ${environment.name} names no program “${forbidden}”; nothing that it plans starts it, so find out who wrote this`
      : `${where} does not allow the program “${forbidden}”; whoever owns this runner adds it to its programs if it is to be started`;
  };
}

/** The first command of a step, or look of its probes, that may not be started. */
export function whyStepForbidden(step: Step, environment: Environment, permits: Permits): string | undefined {
  const commands = step.action.kind === "commands" ? step.action.commands : [];
  const judge = judging(environment, permits);
  return [...commands, ...looksOfStep(step, environment)].map(judge).find((problem) => problem !== undefined);
}

function allowing(programs: Permits["programs"], environment: Environment): (program: string) => boolean {
  if (programs !== undefined) return (program) => programs.includes(program);
  const known = [...new Set(programsOf(environment))].map((program) => patternOf(program));
  return (program) => known.some((pattern) => pattern.test(program));
}

/** A hook may have a program such as `/opt/kong-{version}/install`. */
function patternOf(program: string): RegExp {
  const parts = program.split(/\{(?:version|from|node|share)\}/u);
  return new RegExp(
    `^${parts.map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`)).join("[A-Za-z0-9._-]+")}$`,
    "u",
  );
}
