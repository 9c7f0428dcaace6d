import { unreachable } from "#src/kernel/result.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Action, Command, Step } from "#src/plan/step.ts";
import { commandPlace } from "#src/plan/transport.ts";
import { countsText } from "./check-report.ts";
import { visibleText } from "./visible-text.ts";

/** A plan for a terminal: everything that its digest binds, in order, in words. */
export function planText(plan: Plan): string {
  const boundary = pointOfNoReturn(plan);
  return [
    `Plan ${plan.digest}`,
    `${plan.environment}: Kong ${plan.from} → ${plan.to}, ${plan.strategy}, order ${plan.options.order}, ${plan.steps.length} steps`,
    boundary === undefined
      ? "No step is irreversible."
      : `Point of no return: step ${plan.steps.indexOf(boundary) + 1}, ${boundary.title}`,
    `${countsText(plan.findings)} (kong-upgrade check tells each)`,
    ...plan.notes.map((note) => `  - ${note}`),
    ...plan.steps.flatMap((step, index) => ["", ...stepLines(step, index + 1)]),
  ]
    .map(visibleText)
    .join("\n");
}

function stepLines(step: Step, number: number): readonly string[] {
  return [
    `${number}. ${step.title} [${step.id}, ${step.phase}, ${step.class}]`,
    `     why: ${step.why}`,
    ...actionLines(step.action).map((line) => `     ${line}`),
    `     on: ${step.targets.join(", ")}`,
    `     proof: ${proofText(step)}`,
    `     way back: ${step.wayBack}`,
    `     source: ${step.source}`,
  ];
}

/** No runner does what a person does, so nobody asks right after it; the plan does in a later step. */
function proofText({ action, proof }: Step): string {
  const kinds = proof.map(({ kind }) => kind.replaceAll("_", " ")).join(", ");
  if (action.kind !== "manual") return kinds;
  return proof.length === 0 ? "a person's word" : `a person's word; later steps ask: ${kinds}`;
}

function actionLines(action: Action): readonly string[] {
  switch (action.kind) {
    case "commands":
      return action.commands.map((command) => `$ ${commandLine(command)}`);
    case "request":
      return [`${action.method} ${action.path} on ${action.node}`];
    case "manual":
      return action.instruction.split("\n").map((line) => `by hand: ${line}`);
    case "soak":
      return [`watch for ${action.durationMs / 1_000} s`];
    case "baseline":
      return [
        action.settleMs === undefined
          ? "measure the baseline"
          : `wait ${action.settleMs / 1_000} s, then measure the baseline`,
      ];
    case "fingerprint":
      return ["record the fingerprint"];
    case "check":
      return ["look only"];
    default:
      return unreachable(action);
  }
}

/** Argv as one readable line, never run: words with anything but plain characters are quoted. */
function commandLine({ argv, env, ...place }: Command): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  return [`[${commandPlace(place)}]`, ...variables, ...argv.map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
