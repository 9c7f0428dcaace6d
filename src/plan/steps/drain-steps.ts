import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Action, Step } from "#src/plan/step.ts";
import type { Batch } from "./batches.ts";
import { deedOf } from "./deed.ts";
import type { Deed } from "./deed.ts";
import { kongCommand } from "./kong-command.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** How long load balancers get to notice that a draining node is not ready, in seconds; five health checks of 3 s. */
const drainSeconds = 15;

type Shared = Pick<Step, "phase" | "precheck" | "proof">;

/**
 * Takes the nodes of a batch out of traffic before they are stopped: by the hook, by `kong drain` where the running
 * version has it and the load balancer can see it at the status API, else by a person.
 */
export function drain(context: PlanContext, batch: Batch, shared: Shared): Step {
  const names = batch.nodes.map(({ name }) => name);
  const action = drainAction(context, batch);
  return {
    ...shared,
    id: `drain-batch-${batch.number}`,
    title: `Take ${names.join(", ")} out of traffic`,
    why: whyDrain(action, batch),
    class: "disruptive",
    action,
    targets: names,
    timeoutMs:
      (deed(context, batch, "drain")?.timeoutMs ?? drainSeconds * 1_000) + context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: `Let traffic reach ${names.join(", ")} again; a node that \`kong drain\` took out has to be restarted for it.`,
    source: drainsItself(context, batch) ? sources.drain : sources.ltsRolling,
  };
}

/** Lets traffic reach the nodes of a batch again; nothing where being ready is all that the load balancer asks for. */
export function admit(context: PlanContext, batch: Batch, shared: Shared): readonly Step[] {
  const { timeouts } = context.environment;
  const names = batch.nodes.map(({ name }) => name);
  const own = deed(context, batch, "admit");
  if (own === undefined && drainsItself(context, batch)) return [];
  const action: Action =
    own === undefined
      ? {
          kind: "manual",
          instruction: `Let the load balancer send requests to ${names.join(", ")} again, and see in its statistics that requests arrive.`,
          button: "Requests arrive again",
        }
      : { kind: "commands", commands: own.commands };
  return [
    {
      ...shared,
      id: `admit-batch-${batch.number}`,
      title: `Let traffic reach ${names.join(", ")} again`,
      why: "What was taken out of the load balancer stays out until somebody puts it back. Forgotten, every batch would take capacity away for good.",
      class: "disruptive",
      action,
      targets: names,
      timeoutMs: (own?.timeoutMs ?? 0) + timeouts.commandMs,
      isIdempotent: true,
      wayBack: `Take ${names.join(", ")} out of traffic again.`,
      source: sources.ltsRolling,
    },
  ];
}

function deed({ environment }: PlanContext, batch: Batch, name: "drain" | "admit"): Deed | undefined {
  const nodes = batch.nodes.map((node) => node.name);
  return deedOf(environment, name, { nodes, versions: { version: batch.to, from: batch.from } });
}

function drainAction(context: PlanContext, batch: Batch): Action {
  const names = batch.nodes.map(({ name }) => name);
  const own = deed(context, batch, "drain");
  if (own !== undefined) return { kind: "commands", commands: own.commands };
  if (drainsItself(context, batch)) {
    const drains = batch.nodes.map((node) => kongCommand(context.environment, node, ["drain", "-p", node.prefix]));
    return { kind: "commands", commands: [...drains, runnerCommand(["sleep", String(drainSeconds)])] };
  }
  return {
    kind: "manual",
    instruction: `Take ${names.join(", ")} out of the load balancer and wait until the last requests are answered. Leave Kong running.`,
    button: "No requests come any more",
  };
}

/**
 * `kong drain` exists from 3.9 on and makes `/status/ready` answer 503 (Kong 3.9.3); it exits 0 even when it could not.
 * What is away was taken out of traffic by the version that it returns to, so that decides how it comes back.
 */
function drainsItself({ environment }: PlanContext, batch: Batch): boolean {
  const version = parseVersion(batch.isAway ? batch.to : batch.from);
  const knowsDrain = version !== undefined && isAtLeast(version, "3.9");
  return environment.hooks.drain === undefined && knowsDrain && batch.nodes.every((node) => hasStatus(node));
}

function hasStatus(node: KongNode): boolean {
  return node.status !== undefined;
}

function whyDrain(action: Action, { others }: Batch): string {
  const isManual = action.kind === "manual";
  const by = isManual
    ? "No drain hook is configured and this version cannot tell load balancers that it goes, so a person does it: a node that is stopped in traffic fails requests."
    : "A node that is stopped in traffic fails requests.";
  if (others.length === 0) return `${by} Nobody else is in its group: its clients are not served until it is back.`;
  return isManual
    ? `${by} Whether the rest of the group is up is asked before the stop.`
    : `${by} The rest of the group must be up before, and still be up after.`;
}
