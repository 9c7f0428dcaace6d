import type { Finding } from "#src/kong/finding.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";
import { allInstalled, nodeNames } from "./check-steps.ts";
import { deedOf } from "./deed.ts";
import { findingLines } from "./finding-lines.ts";
import { filesOf } from "./on-node.ts";
import { sources } from "./sources.ts";

/** Where in a plan a version's own configuration is put in place, and which version's. */
export interface Configuring {
  readonly id: string;
  readonly phase: Step["phase"];
  readonly version: string;
  readonly from: string;
}

/**
 * What belongs to the new version on its nodes: by the site's hook, or by a person where findings tell that something in
 * these files changes. No step where neither is so. Kong's 2.x upgrade page has it after the package and before
 * `kong migrations up` (step 12).
 */
export function configureNew(
  context: PlanContext,
  configuring: Configuring,
  findings: readonly Finding[],
): readonly Step[] {
  const byHook = configureByHook(context, configuring);
  const own = findings.filter((finding) => isInFiles(finding));
  return byHook.length > 0 || own.length === 0 ? byHook : [byHand(context, configuring, own)];
}

/** What was there for the old version, the same way as the new version's came: by the hook, or by the person who changed it. */
export function configureOld(
  context: PlanContext,
  configuring: Configuring,
  { plan, progress }: { readonly plan: Plan; readonly progress: Progress },
): readonly Step[] {
  const byHook = configureByHook(context, configuring);
  const names = nodeNames(context);
  const isChanged = plan.steps.some(
    ({ id, action, targets }) =>
      handStep.test(id) &&
      action.kind === "manual" &&
      isTouched(progress, id) &&
      targets.some((name) => names.includes(name)),
  );
  return byHook.length > 0 || !isChanged ? byHook : [backByHand(context, configuring)];
}

/** The ids that strategies give to `byHand`. */
const handStep = /^configure(?:-files-batch-\d+)?$/u;

/** Areas of hazards whose remedy lies in kong.conf, a template or the code of a plugin, and not in the configuration of Kong. */
const areasInFiles: ReadonlySet<string | undefined> = new Set(["kong.conf", "nginx-template", "custom-plugin", "pdk"]);

const severitiesThatMatter: ReadonlySet<Finding["severity"]> = new Set([
  "stops_start",
  "breaks_traffic",
  "changes_behaviour",
]);

function isInFiles({ kind, area, severity }: Finding): boolean {
  return kind === "finding" && areasInFiles.has(area) && severitiesThatMatter.has(severity);
}

function configureByHook(context: PlanContext, { id, phase, version, from }: Configuring): readonly Step[] {
  const { environment } = context;
  const own = deedOf(environment, "configure", { nodes: nodeNames(context), versions: { version, from } });
  if (own === undefined) return [];
  return [
    {
      ...configuration(context, version),
      id,
      phase,
      why: "kong.conf, templates and custom plugins belong to a version. The nodes are down, so nothing reads half of it.",
      action: { kind: "commands", commands: own.commands },
      timeoutMs: own.timeoutMs + environment.timeouts.commandMs,
      wayBack:
        phase === "roll_back"
          ? `Run the hook for ${from} again.`
          : `The way back runs the hook for ${from} and puts the saved kong.conf into its place.`,
    },
  ];
}

function byHand(context: PlanContext, { id, phase, version, from }: Configuring, findings: readonly Finding[]): Step {
  const names = nodeNames(context).join(", ");
  return {
    ...configuration(context, version),
    id,
    phase,
    why: "Findings tell of changes in kong.conf, templates or custom plugins, and no configure hook is set, so a person makes them. The nodes are down, so nothing reads half of it.",
    action: {
      kind: "manual",
      instruction: `Whoever maintains kong.conf: put in place on ${names} what ${version} needs in kong.conf, KONG_ variables (they win over the file), nginx templates and custom plugins. kong.conf.default of the new package shows its keys. Do not start Kong. These findings are about it, and their remedies stand in the plan:\n${findingLines(findings)}`,
      button: "The files are in place",
    },
    timeoutMs: context.environment.timeouts.commandMs,
    wayBack: `The way back puts the saved kong.conf into its place; a person does the same with templates, variables and custom plugins of ${from}.`,
  };
}

function backByHand(context: PlanContext, { id, phase, version, from }: Configuring): Step {
  const names = nodeNames(context).join(", ");
  return {
    ...configuration(context, version),
    id,
    phase,
    why: `On the way forward a person put in place what ${from} needs. kong.conf comes back from the backup by itself; the rest does not.`,
    action: {
      kind: "manual",
      instruction: `Whoever maintains kong.conf: put KONG_ variables, nginx templates and custom plugins of ${version} back on ${names}. Do not start Kong.`,
      button: "The files are in place",
    },
    timeoutMs: context.environment.timeouts.commandMs,
    wayBack: `Put those of ${from} in place again.`,
  };
}

function configuration(
  context: PlanContext,
  version: string,
): Pick<Step, "title" | "class" | "targets" | "precheck" | "proof" | "isIdempotent" | "source"> {
  const { environment } = context;
  const names = nodeNames(context);
  return {
    title: `Put the configuration of ${version} in place on ${names.join(", ")}`,
    class: "safe",
    targets: names,
    precheck: [],
    proof: [...allInstalled(context, version), ...filesOf(environment.nodes, ({ conf }) => [conf])],
    isIdempotent: true,
    source: sources.ltsChanges,
  };
}
