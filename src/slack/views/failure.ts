import type { Button } from "@slack/types";
import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import type { Step } from "#src/plan/step.ts";
import type { Choice } from "#src/upgrade/choices.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { progressOfTrack } from "#src/upgrade/progress.ts";
import type { StepProgress, Track } from "#src/upgrade/state.ts";
import type { CommandResult, ProbeResult, StepReport } from "#src/upgrade/step-report.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { rollBackButton } from "./card.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { nodeResultLines } from "./nodes.ts";
import { personName, requesterName } from "./names.ts";
import { missingOf } from "./standing-text.ts";
import { placeOf } from "./step-text.ts";
import { codeFence, escapeText, escapeWithDates, inlineCode, plainText, secondsToken } from "./text.ts";

/** A step that did not end well, or whose approval ended without a yes, with the choices that are real now. */
export interface Trouble {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly track: Track;
  readonly step: Step;
  readonly progress: Exclude<StepProgress, { kind: "waiting" }>;
  /** Empty once somebody has chosen: then the prompt is dead. */
  readonly choices: readonly FailureChoice[];
  readonly isHeld: boolean;
}

/** A write during the freeze, and a look that could not be made, have prompts of their own (drift.ts). */
export type FailureChoice = Exclude<Choice, "accept_drift" | "waive_look">;

/** The evidence and the real choices, each with what it does in this state. */
export function failurePrompt(trouble: Trouble): Content {
  const { upgradeId, step, progress, choices } = trouble;
  const headline = headlineOf(trouble);
  const evidence = evidenceBlocks(progress);
  const choiceLines = choices.map((choice) => `• *${choiceName(choice, trouble)}:* ${choiceEffect(choice, trouble)}`);
  return {
    text: [
      `${upgradeId}: ${headline.replaceAll("*", "")}`,
      ...(choices.length === 0 ? [] : [`Choices: ${choices.map((choice) => choiceName(choice, trouble)).join(", ")}.`]),
    ].join("\n"),
    blocks: [
      section(headline),
      ...evidence,
      ...(choices.length === 0 ? [] : [section(`*What can be done now*\n${choiceLines.join("\n")}`)]),
      context(`${upgradeId} · ${placeOf(trouble.plan, step)} (\`${step.id}\`), attempt ${progress.attempt}`),
      ...(choices.length === 0 ? [] : [actions(...choices.map((choice) => choiceButton(choice, trouble)))]),
    ],
  };
}

function headlineOf({ step, progress, choices, isHeld }: Trouble): string {
  const title = escapeText(step.title, 150);
  const held = isHeld ? "\n✋ On hold: nobody is asked again until somebody resumes or chooses." : "";
  const settled = choices.length === 0 ? "\n_Settled: this prompt is closed._" : "";
  switch (progress.kind) {
    case "failed":
      return `${failedTitle(progress, title)}\n${escapeText(progress.reason, 600)}${held}${settled}`;
    case "unknown":
      return `❔ *Outcome unknown: ${title}*\n${escapeText(progress.reason, 600)}${
        progress.evidence === undefined ? "\n_Read-only evidence is being collected; the choices follow._" : held
      }`;
    case "ready":
      return `${approvalEnd(progress, title)}${held}${settled}`;
    case "running":
      return `▶️ *${title}* runs.${settled}`;
    case "done":
      return `☑️ *${title}*: settled, the step counts as done.`;
    default:
      return unreachable(progress);
  }
}

function failedTitle({ report, cancel }: Extract<StepProgress, { kind: "failed" }>, title: string): string {
  if (cancel !== undefined) return `✂️ *Cancelled by ${requesterName(cancel.by)}: ${title}*`;
  return report?.soak?.verdict === "inconclusive" ? `❔ *Inconclusive: ${title}*` : `❌ *Failed: ${title}*`;
}

function isInconclusive(progress: Trouble["progress"]): boolean {
  return progress.kind === "failed" && progress.report?.soak?.verdict === "inconclusive";
}

/** A precheck said no, so nothing of this attempt can have done anything. */
function wasKeptFromRunning(progress: Trouble["progress"]): boolean {
  return progress.kind === "failed" && progress.report?.precheck.some(isBad) === true;
}

function isWatching(progress: Trouble["progress"]): boolean {
  return progress.kind === "failed" && progress.report?.soak !== undefined;
}

function approvalEnd(progress: Extract<StepProgress, { kind: "ready" }>, title: string): string {
  const { approval } = progress;
  const outcome = approval?.outcome;
  if (outcome?.kind === "refused") {
    const no = approval?.ballots.findLast(({ voter }) => voter.userId === outcome.by);
    const who = no === undefined ? escapeText(outcome.by, 60) : personName(no.voter);
    const why = outcome.reason === "" ? ", without a reason." : `: ${escapeText(outcome.reason, 600)}`;
    return `🚫 *Not approved: ${title}*\nRejected by ${who}${why}`;
  }
  if (outcome?.kind === "cancelled")
    return `⏹️ *Request taken back: ${title}*\n${requesterName(outcome.by)}${outcome.reason === "" ? "" : `: ${escapeText(outcome.reason, 600)}`}`;
  if (approval !== undefined && outcome?.kind === "expired")
    return missingOf(approval).length === 0
      ? `⌛ *Approval expired: ${title}*\nIt was complete, but the step did not start in time; nothing was run.`
      : `⌛ *Approval expired: ${title}*\nIt ran out of time; nothing was run.`;
  return `*${title}*`;
}

function evidenceBlocks(progress: Trouble["progress"]): readonly Block[] {
  const report = "report" in progress ? progress.report : undefined;
  const probes = probesOf(progress, report);
  const proofs = [...probes.filter(isBad), ...probes.filter((probe) => !isBad(probe))].slice(0, 12).map(describeProbe);
  const commands = (report?.commands ?? []).slice(-5).map(describeCommand);
  const nodes = report?.nodes ?? [];
  return [
    ...(nodes.length === 0 ? [] : [section(`*Nodes*\n${nodeResultLines(nodes).join("\n")}`)]),
    ...(proofs.length === 0 ? [] : [section(`*Evidence*${collectedAt(progress)}\n${proofs.join("\n")}`)]),
    ...(commands.length === 0 ? [] : [section(`*Commands* (an exit status proves nothing)\n${commands.join("\n")}`)]),
    ...(report === undefined || report.output.tail.length === 0
      ? []
      : [section(`*End of the output* (${report.output.lines} lines)\n${codeFence(report.output.tail)}`)]),
  ];
}

function collectedAt(progress: Trouble["progress"]): string {
  return progress.kind === "unknown" && progress.evidenceAt !== undefined
    ? ` (collected ${secondsToken(progress.evidenceAt)})`
    : "";
}

function probesOf(progress: Trouble["progress"], report: StepReport | undefined): readonly ProbeResult[] {
  const evidence = progress.kind === "unknown" ? (progress.evidence ?? []) : [];
  return report === undefined ? evidence : [...report.precheck, ...report.proof, ...evidence];
}

function describeCommand({ target, via, argv, timedOut, exitCode, signal }: CommandResult): string {
  const place = via === undefined ? "" : ` by ${escapeText(via, 100)}`;
  const signalled = `signal ${escapeText(signal ?? "unknown", 20)}`;
  const end = timedOut ? "timed out" : exitCode === undefined ? signalled : `exit ${exitCode}`;
  return `• ${escapeText(target, 60)}${place}: ${inlineCode(argv.join(" "), 200)} → ${end}`;
}

function isBad(probe: ProbeResult): boolean {
  return probe.verdict !== "ok";
}

function describeProbe(probe: ProbeResult): string {
  const mark = { ok: "✅ ok", not_ok: "❌ not ok", undetermined: "❔ undetermined" }[probe.verdict];
  const details = probe.details.slice(0, 3).map((line) => `\n    ${inlineCode(line, 200)}`);
  return `${mark}: ${escapeText(probe.summary, 300)}${details.join("")}`;
}

function choiceName(choice: FailureChoice, { progress }: Trouble): string {
  return {
    retry: isWatching(progress) ? "Watch again" : "Retry",
    roll_back: "Roll back",
    count_as_done: isInconclusive(progress) ? "Go on" : "Count as done",
    look_again: "Look again",
    hold: "Hold",
  }[choice];
}

function choiceEffect(choice: FailureChoice, { plan, track, step, progress }: Trouble): string {
  switch (choice) {
    case "retry":
      return retryEffect(step, progress);
    case "roll_back": {
      const back = describeWayBack(plan, progressOfTrack(track));
      return `${escapeWithDates(back.sentence, 300)} — ${escapeWithDates(back.price, 200)}`;
    }
    case "count_as_done":
      if (isInconclusive(progress))
        return "you looked yourself and say that the new version does well; your name and note go into the record, and the next step begins";
      if (wasKeptFromRunning(progress))
        return "you looked at the evidence and say that what is there is what this step makes; your name and note go into the record, and the next step begins";
      return "you looked at the evidence and say that it did its work; your name and note go into the record, and the next step begins";
    case "look_again":
      return "collects the evidence anew, read-only: a process that outlived its runner may still be at work";
    case "hold":
      return "nothing happens until somebody resumes or chooses; nothing is undone";
    default:
      return unreachable(choice);
  }
}

function retryEffect(step: Step, progress: Trouble["progress"]): string {
  if (progress.kind === "ready") return "asks the approvers again, for a new attempt";
  if (isWatching(progress)) return "watches for the whole time once more; nothing is changed by watching";
  if (step.action.kind === "commands" && step.action.nodesAtOnce !== undefined) {
    return "goes on with the nodes that are not proven; those whose own proof says that they are done are left out";
  }
  const again = step.isIdempotent
    ? "runs the step once more; running it twice does the same as once"
    : "runs the step once more although its first run may have had an effect: look at the evidence first";
  return step.class === "safe" ? again : `${again}; a step with a gate asks its approvers again`;
}

function choiceButton(choice: FailureChoice, trouble: Trouble): Button {
  const { upgradeId, plan, step, progress } = trouble;
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt: progress.attempt },
  });
  const what = plainText(step.title, 60);
  switch (choice) {
    case "retry":
      return button({
        actionId: actionIds.retry,
        text: choiceName(choice, trouble),
        label: `${choiceName(choice, trouble)} ${what}`,
        value,
        confirm: {
          title: `${choiceName(choice, trouble)} “${what}”?`,
          text: retryEffect(step, progress),
          yes: choiceName(choice, trouble),
        },
      });
    case "roll_back":
      return rollBackButton({ id: upgradeId }, value);
    case "count_as_done":
      return button({
        actionId: actionIds.countAsDone,
        text: `${choiceName(choice, trouble)}…`,
        label: isInconclusive(progress) ? `Go on after ${what}` : `Count ${what} as done`,
        value,
      });
    case "look_again":
      return button({ actionId: actionIds.lookAgain, text: "Look again", label: `Look again at ${what}`, value });
    case "hold":
      return button({ actionId: actionIds.hold, text: "Hold", label: `Hold ${upgradeId} at ${what}`, value });
    default:
      return unreachable(choice);
  }
}
