import type { Environment } from "./environment.ts";
import type { Hook } from "./hook.ts";
import type { Probe } from "./probe.ts";
import { kindOf } from "./step-kinds.ts";
import type { StepKind } from "./step-kinds.ts";
import type { Step } from "./step.ts";

/** Kinds of steps that a hook does where the site has one. */
const hookOfKind: Readonly<Partial<Record<StepKind, keyof Environment["hooks"]>>> = {
  admit: "admit",
  configure: "configure",
  decommission: "decommission",
  drain: "drain",
  freeze: "freeze",
  install: "install",
  provision: "provision",
  shift: "shiftTraffic",
  start: "start",
  stop: "stop",
  unfreeze: "unfreeze",
};

/** The site's own command that a step runs; undefined where it runs something else. */
export function hookOf({ id, action }: Pick<Step, "id" | "action">, hooks: Environment["hooks"]): Hook | undefined {
  const kind = action.kind === "commands" ? kindOf({ id }) : undefined;
  const name = kind === undefined ? undefined : hookOfKind[kind];
  return name === undefined ? undefined : hooks[name];
}

/**
 * The step as it is judged: a command of the site may run twice only where its configuration says that this does the same
 * as once. Plans do not hold it, because it is a fact about the site and not a word of the step.
 */
export function asDeclared<Judged extends Pick<Step, "id" | "action" | "isIdempotent">>(
  step: Judged,
  hooks: Environment["hooks"],
): Judged {
  const hook = hookOf(step, hooks);
  return hook === undefined ? step : { ...step, isIdempotent: step.isIdempotent && hook.isIdempotent === true };
}

/** Everything that must be true after a step: its proof, and what the site's own commands bring along to prove themselves. */
export function proofOf({ proof, action }: Pick<Step, "proof" | "action">): readonly Probe[] {
  if (action.kind !== "commands") return proof;
  const own = action.commands.flatMap(({ target, probe, via }): readonly Probe[] => {
    if (probe === undefined) return [];
    const look = { target, argv: probe.argv, ...(via === undefined ? {} : { via }) };
    return [{ kind: "hook_done", look, timeoutMs: probe.timeoutMs }];
  });
  return [...proof, ...own];
}
