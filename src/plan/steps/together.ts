import type { Step } from "#src/plan/step.ts";
import type { Batch } from "./batches.ts";

/** Nodes of a batch that are worked on side by side: more would only be a thundering herd on packages and load balancer. */
const maxAtOnce = 10;

/** The same deed to every node of a batch, as one step of the batch. A batch of one node keeps the step of that node. */
export function together(
  steps: readonly Step[],
  batch: Batch,
  words: { readonly id: string; readonly title: string },
): readonly Step[] {
  const [first, ...rest] = steps;
  if (first === undefined || rest.length === 0 || first.action.kind !== "commands") return steps;
  const commands = steps.flatMap(({ action }) => (action.kind === "commands" ? action.commands : []));
  const rounds = Math.ceil(steps.length / maxAtOnce);
  return [
    sideBySide(
      {
        ...first,
        ...words,
        action: { ...first.action, commands },
        targets: steps.flatMap(({ targets }) => targets),
        precheck: steps.flatMap(({ precheck }) => precheck),
        proof: steps.flatMap(({ proof }) => proof),
        timeoutMs: rounds * Math.max(...steps.map(({ timeoutMs }) => timeoutMs)),
      },
      batch,
    ),
  ];
}

/** The step with the nodes of its batch worked on side by side; as it is for one node, and where a person does it. */
export function sideBySide(step: Step, { nodes }: Batch): Step {
  const { action } = step;
  if (action.kind !== "commands" || nodes.length < 2) return step;
  const targets = new Set(action.commands.map(({ target }) => target).filter((target) => target !== "runner"));
  return targets.size < 2 ? step : { ...step, action: { ...action, nodesAtOnce: Math.min(targets.size, maxAtOnce) } };
}
