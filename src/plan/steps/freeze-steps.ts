import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";
import { allServing, nodeNames } from "./check-steps.ts";
import { hookCommands } from "./hook-command.ts";
import { sources } from "./sources.ts";

/** Stops everybody and everything that writes configuration. */
export function freeze(context: PlanContext): Step {
  const { hooks, timeouts } = context.environment;
  const shared = {
    id: "freeze",
    phase: "prepare",
    title: "Stop all configuration writes",
    why: "What is written after the backup is lost if the upgrade goes back. Pipelines, decK, Kong Manager, controllers and people must not write until the end; the fingerprint tells if somebody did.",
    class: "safe",
    targets: nodeNames(context),
    precheck: [],
    wayBack: "Allow configuration writes again; costs nothing.",
    source: sources.inPlace(1),
  } as const satisfies Partial<Step>;
  if (hooks.freeze === undefined) {
    return {
      ...shared,
      action: {
        kind: "manual",
        instruction:
          "Stop everything that writes to the Admin API: deployment pipelines, decK jobs, ingress controllers, Kong Manager users, scripts. Say in the team channel that configuration is frozen.",
        button: "Writes are stopped",
      },
      proof: [],
      timeoutMs: timeouts.commandMs,
      isIdempotent: true,
    };
  }
  return {
    ...shared,
    action: { kind: "commands", commands: atLeastOne(hooks.freeze, context) },
    // A hook that stops writers cannot be proven by looking at Kong; that it did no harm can, and drift is checked later.
    proof: allServing(context, context.from),
    timeoutMs: hooks.freeze.timeoutMs + timeouts.commandMs,
    isIdempotent: true,
  };
}

/** Lets configuration writes happen again; `servedVersion` is what the nodes run by then. */
export function unfreeze(context: PlanContext, servedVersion: string, phase: Step["phase"]): Step {
  const { hooks, timeouts } = context.environment;
  const shared = {
    id: "unfreeze",
    phase,
    title: "Allow configuration writes again",
    why:
      phase === "roll_back"
        ? `The freeze must not outlive the upgrade. Files that were already converted for ${context.to} must not be synced to ${context.from}.`
        : "The freeze must not outlive the upgrade. Files written for the old version (decK, kong.yml in Git) have to be converted before they are synced.",
    class: "safe",
    targets: nodeNames(context),
    precheck: allServing(context, servedVersion),
    wayBack: "Stop configuration writes again.",
    source: sources.inPlaceCaution,
  } as const satisfies Partial<Step>;
  if (hooks.unfreeze === undefined) {
    return {
      ...shared,
      action: {
        kind: "manual",
        instruction: `Start again what was stopped for the freeze. The nodes run ${servedVersion}: do not sync declarative files of another version.`,
        button: "Writes are allowed again",
      },
      proof: [],
      timeoutMs: timeouts.commandMs,
      isIdempotent: true,
    };
  }
  return {
    ...shared,
    action: { kind: "commands", commands: atLeastOne(hooks.unfreeze, context) },
    proof: allServing(context, servedVersion),
    timeoutMs: hooks.unfreeze.timeoutMs + timeouts.commandMs,
    isIdempotent: true,
  };
}

function atLeastOne(
  hook: NonNullable<PlanContext["environment"]["hooks"]["freeze"]>,
  context: PlanContext,
): ReturnType<typeof hookCommands> {
  return hookCommands(
    hook,
    { environment: context.environment, nodes: nodeNames(context) },
    { version: context.to, from: context.from },
  );
}
