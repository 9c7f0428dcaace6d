import type { Button } from "@slack/types";
import { shortDigest } from "#src/kernel/digest.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { decidedFindings } from "#src/upgrade/answers.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, Planned, Schedule, Upgrade } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, header, section, sections } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { cancelStepButtons } from "./cancel-step.ts";
import { checkSummary } from "./check-summary.ts";
import { delegationsText } from "./delegations.ts";
import { findingsSummary } from "./findings.ts";
import { requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { answeredText, answersNote } from "./questions.ts";
import { describeSituation } from "./situation.ts";
import type { Situation } from "./situation.ts";
import { dateToken, escapeText, plainText } from "./text.ts";
import { withoutRunner } from "./unserved.ts";

/**
 * The one card of an upgrade: where we are, what is next, who must act, how to go back. Dead when closed. `unserved` says
 * why no runner takes its turn, where none does.
 */
export function card(upgrade: Upgrade, names: Names, unserved?: string): Content {
  const situation = withoutRunner(describeSituation(upgrade, names), unserved);
  const checked = checkSummary(upgrade);
  const buttons = buttonsOf(upgrade);
  return {
    text: cardText(upgrade, situation, checked),
    blocks: [
      header(title(upgrade)),
      ...situationBlocks(situation),
      ...sections(checked.join("\n")),
      context(...footnotes(upgrade)),
      ...(buttons.length === 0 ? [] : [actions(...buttons)]),
    ],
  };
}

/** The same answers without buttons, for a private `status`. */
export function statusContent(upgrade: Upgrade, names: Names, unserved?: string): Content {
  const situation = withoutRunner(describeSituation(upgrade, names), unserved);
  const checked = checkSummary(upgrade);
  return {
    text: cardText(upgrade, situation, checked),
    blocks: [
      section(`*${escapeText(title(upgrade))}*`),
      ...situationBlocks(situation),
      ...sections(checked.join("\n")),
      context(...footnotes(upgrade)),
    ],
  };
}

/** `KU-2026-0007 · practice: 2.8.5 → 3.4.2` */
export function title(upgrade: Upgrade): string {
  const { request } = upgrade;
  const plan = planOf(upgrade);
  const verb = { plan: "", check: "check of ", dry_run: "dry run of " }[request.mode];
  const versions = plan === undefined ? `${checkedFrom(upgrade)}→ ${request.to}` : `${plan.from} → ${plan.to}`;
  return `${upgrade.id} · ${verb}${plainText(request.environment.name, 60)}: ${plainText(versions, 60)}`;
}

function checkedFrom(upgrade: Upgrade): string {
  return upgrade.status === "closed" && upgrade.outcome.kind === "checked" ? `${upgrade.outcome.from} ` : "";
}

function situationBlocks(situation: Situation): readonly Block[] {
  const { headline, bar, next, whoMustAct, wayBack, pointOfNoReturn, deadline, nodes } = situation;
  const lines = [
    ...(nodes === undefined ? [] : [`*Nodes:* ${nodes}`]),
    ...(deadline === undefined ? [] : [`*Time limit of this step:* ${deadline}`]),
    `*Next:* ${next}`,
    `*Who must act:* ${whoMustAct}`,
    ...(wayBack === undefined ? [] : [`*Way back:* ${wayBack}`]),
    ...(pointOfNoReturn === undefined ? [] : [`*Point of no return:* ${pointOfNoReturn}`]),
  ];
  return [section(bar === undefined ? headline : `${headline}\n${bar}`), section(lines.join("\n"))];
}

function cardText(upgrade: Upgrade, situation: Situation, checked: readonly string[]): string {
  const { headline, next, whoMustAct, wayBack, pointOfNoReturn, deadline, nodes } = situation;
  const delegated = delegationsText(upgrade);
  const parts = [
    escapeText(title(upgrade)),
    headline.replaceAll("*", ""),
    ...(nodes === undefined ? [] : [`Nodes: ${nodes}`]),
    ...(deadline === undefined ? [] : [`Time limit of this step: ${deadline}`]),
    `Next: ${next}`,
    `Who must act: ${whoMustAct}`,
    ...(delegated === undefined ? [] : [delegated]),
    ...(wayBack === undefined ? [] : [`Way back: ${wayBack}`]),
    ...(pointOfNoReturn === undefined ? [] : [`Point of no return: ${pointOfNoReturn}`]),
    ...checked.map((line) => line.replaceAll("*", "").replaceAll(/(?<=\()_|_(?=\))/gu, "")),
  ];
  return parts.join("\n");
}

function footnotes(upgrade: Upgrade): readonly string[] {
  const { request } = upgrade;
  const plan = planOf(upgrade);
  const delegated = delegationsText(upgrade);
  return [
    `Asked by ${requesterName(request.by)}, ${dateToken(request.at)}${runBy(upgrade)}`,
    ...(delegated === undefined ? [] : [delegated]),
    ...(plan === undefined
      ? []
      : [
          ...(plan.kind === "upgrade" ? findingsNotes(upgrade, plan) : []),
          `Plan \`${shortDigest(plan.digest)}\` · ${plan.strategy}, ${plan.options.order}`,
        ]),
    `Event ${upgrade.version}, ${dateToken(upgrade.updatedAt)}`,
  ];
}

/** Who took over, where somebody did. */
function runBy({ owners }: Upgrade): string {
  const owner = owners.at(-1);
  return owner === undefined ? "" : `; handed over to ${requesterName(owner)}`;
}

/** Findings as the answers leave them, how many questions are answered, and by whom. */
function findingsNotes({ answers, request }: Upgrade, { findings }: Plan): readonly string[] {
  const answered = request.mode === "dry_run" ? undefined : answeredText(findings, answers);
  const names = answersNote(findings, answers);
  return [
    `${findingsSummary(decidedFindings(findings, answers))}${answered === undefined ? "" : ` · ${answered}`}`,
    ...(names === undefined ? [] : [names]),
  ];
}

/** The plan that is shown: the way back once it was begun. */
export function planOf(upgrade: Upgrade): Plan | undefined {
  switch (upgrade.status) {
    case "surveying":
      return undefined;
    case "planned":
      return upgrade.plan;
    case "active":
      return currentTrack(upgrade).plan;
    case "closed":
      return upgrade.plan;
    default:
      return unreachable(upgrade);
  }
}

function buttonsOf(upgrade: Upgrade): readonly Button[] {
  switch (upgrade.status) {
    case "closed":
      return [];
    case "surveying":
      return [abortButton(upgrade)];
    case "planned":
      return [
        startButton(upgrade, upgrade.plan),
        ...(upgrade.schedule === undefined ? [] : [unscheduleButton(upgrade.schedule, upgrade)]),
        abortButton(upgrade),
      ];
    case "active":
      return activeButtons(upgrade);
    default:
      return unreachable(upgrade);
  }
}

function startButton(upgrade: Upgrade, plan: Plan): Button {
  return button({
    actionId: actionIds.start,
    text: "Start",
    style: "primary",
    label: `Start ${upgrade.id} on ${plan.environment}`,
    value: encodeValue({ upgradeId: upgrade.id, plan: digestPrefix(plan.digest) }),
    confirm: {
      title: `Start the upgrade of ${plan.environment}?`,
      text: `${plan.from} to ${plan.to}, ${plan.steps.length} steps, plan ${shortDigest(plan.digest)}. Steps with a gate wait for their approvers.`,
      yes: "Start",
    },
  });
}

function unscheduleButton({ at }: Schedule, { id, plan }: Planned): Button {
  return button({
    actionId: actionIds.unschedule,
    text: "Unschedule",
    label: `Take back the scheduled start of ${id}`,
    value: encodeValue({ upgradeId: id, plan: digestPrefix(plan.digest) }),
    confirm: {
      title: "Take the scheduled start back?",
      text: `It does not start at ${at} then. The plan stays, and can be started or scheduled again.`,
      yes: "Take it back",
    },
  });
}

function activeButtons(upgrade: Active): readonly Button[] {
  const { plan } = currentTrack(upgrade);
  const value = encodeValue({ upgradeId: upgrade.id, plan: digestPrefix(plan.digest) });
  const flow =
    upgrade.flow.kind === "going"
      ? button({ actionId: actionIds.pause, text: "Pause", label: `Pause ${upgrade.id} before its next step`, value })
      : button({
          actionId: actionIds.resume,
          text: "Resume",
          style: "primary",
          label: `Resume ${upgrade.id}`,
          value,
        });
  const canRollBack = upgrade.rollback === undefined && choicesFor(upgrade).length === 0;
  return [
    flow,
    ...cancelStepButtons(upgrade),
    ...(canRollBack ? [rollBackButton(upgrade, value)] : []),
    abortButton(upgrade),
  ];
}

/** Going back is always offered on the card; in a failure the prompt offers it with the evidence. */
export function rollBackButton(upgrade: Pick<Upgrade, "id">, value: string): Button {
  return button({
    actionId: actionIds.rollBack,
    text: "Roll back",
    style: "danger",
    label: `Roll back ${upgrade.id}`,
    value,
    confirm: {
      title: "Begin the way back?",
      text: "A plan of its own is made from exactly this point and begun at once. Its irreversible steps wait for their approvers.",
      yes: "Roll back",
    },
  });
}

function abortButton(upgrade: Upgrade): Button {
  const plan = planOf(upgrade);
  return button({
    actionId: actionIds.abort,
    text: "Abort…",
    style: "danger",
    label: `Abort ${upgrade.id}`,
    value: encodeValue({ upgradeId: upgrade.id, ...(plan === undefined ? {} : { plan: digestPrefix(plan.digest) }) }),
  });
}
