import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Action, Command, Step } from "#src/plan/step.ts";

/** A plan as people read it in review: everything that counts, in order, without the digest. */
export function planText(plan: Plan): string {
  return [
    `${plan.kind} of ${plan.environment}: ${plan.from} → ${plan.to}, ${plan.strategy}, order ${plan.options.order}`,
    "",
    "Notes",
    ...plan.notes.map((note) => `  - ${note}`),
    "",
    `Findings (${plan.findings.length})`,
    ...plan.findings.map((finding) => `  - [${finding.kind}, ${finding.severity}] ${finding.title}`),
    ...plan.steps.flatMap((step, index) => ["", ...stepLines(step, index + 1)]),
    "",
  ].join("\n");
}

function stepLines(step: Step, number: number): readonly string[] {
  return [
    `${number}. ${step.id} [${step.phase}, ${step.class}${step.isIdempotent ? "" : ", not repeatable"}] ${step.title}`,
    `   why: ${step.why}`,
    ...actionLines(step.action),
    `   targets: ${step.targets.join(", ")}`,
    ...step.precheck.map((probe) => `   before: ${probeText(probe)}`),
    ...step.proof.map((probe) => `   proof: ${probeText(probe)}`),
    `   timeout: ${step.timeoutMs / 1_000} s`,
    `   way back: ${step.wayBack}`,
    `   source: ${step.source}`,
  ];
}

function actionLines(action: Action): readonly string[] {
  switch (action.kind) {
    case "commands":
      return [
        ...action.commands.map((command) => `   run: ${commandText(command)}`),
        ...(action.notesWorkersOf === undefined ? [] : [`   notes the workers of ${action.notesWorkersOf} before`]),
        ...(action.nodesAtOnce === undefined ? [] : [`   side by side: ${action.nodesAtOnce} nodes at once`]),
        ...(action.exitStatus === undefined ? [] : ["   exit status: the proof decides"]),
      ];
    case "manual":
      return [...action.instruction.split("\n").map((line) => `   by hand: ${line}`), `   button: ${action.button}`];
    case "soak":
      return [`   soak: ${action.durationMs / 1_000} s, error rate at most +${action.maxErrorRateIncrease}`];
    case "request":
      return [`   request: ${JSON.stringify(action)}`];
    case "baseline":
      return [`   ${action.kind}${action.settleMs === undefined ? "" : `, ${action.settleMs / 1_000} s later`}`];
    case "fingerprint":
    case "check":
      return [`   ${action.kind}`];
  }
}

function commandText(command: Command): string {
  const env = Object.entries(command.env).map(([name, value]) => `${name}=${value}`);
  const secrets = Object.entries(command.secrets).map(([name, ref]) => `${name}=<${JSON.stringify(ref)}>`);
  const file = command.stdoutFile === undefined ? [] : [`(output into ${command.stdoutFile})`];
  return `[${command.target}] ${[...env, ...secrets, ...command.argv, ...file].join(" ")}`;
}

function probeText(probe: Probe): string {
  const { kind, ...rest } = probe;
  return `${kind} ${JSON.stringify(rest)}`;
}
