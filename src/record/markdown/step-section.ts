import { formatDuration } from "#src/kernel/duration.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Policy } from "#approvals/policy.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import type { CommandResult, NodeResult, ProbeResult, StepReport } from "#src/upgrade/step-report.ts";
import { escapeText, codeBlock, inlineCode } from "#src/report/foreign-text.ts";
import { showActor, showPerson, showRequester } from "./people.ts";

export type StepEvent = RecordedEvent & {
  readonly event: Extract<RecordedEvent["event"], { readonly stepId: string }>;
};

/** How the plan wanted a target of a step reached, for reports that do not say; undefined for the runner's own machine. */
export type PlaceOf = (target: string) => string | undefined;

/** What the plan says of a step. */
export interface PlannedStep {
  readonly title: string;
  readonly placeOf: PlaceOf;
}

/** Everything that happened to one attempt of one step, in order. */
export function attemptSection({ title, placeOf }: PlannedStep, events: readonly StepEvent[]): readonly string[] {
  const [first] = events;
  if (first === undefined) return [];
  const { stepId, attempt } = first.event;
  return [
    `### ${inlineCode(stepId)}${attempt > 1 ? `, attempt ${attempt}` : ""}: ${escapeText(title)}`,
    "",
    ...events.flatMap((recorded) => [`- ${recorded.at} · ${describe(recorded)}`, ...details(recorded, placeOf)]),
    "",
  ];
}

function describe({ event, actor }: StepEvent): string {
  switch (event.type) {
    case "approval_requested":
      return `approval of ${inlineCode(event.digest)} asked for: ${policyText(event.policy)}, until ${event.expiresAt}`;
    case "ballot_cast": {
      const { voter, decision, digest, reason, stepUp = "none", onBehalfOf = [] } = event.ballot;
      const place = onBehalfOf.length === 0 ? "" : ` in the place of ${onBehalfOf.map(showPerson).join(", ")}`;
      const why = reason === undefined ? "" : `, reason: ${escapeText(reason)}`;
      return `${showPerson(voter)} voted **${decision}**${place} on ${inlineCode(digest)}, step-up ${stepUp}${why}`;
    }
    case "ballot_withdrawn":
      return `${showPerson(event.by)} took their vote back`;
    case "approval_cancelled":
      return `**cancelled** by ${showRequester(event.by)}: ${escapeText(event.reason)}`;
    case "approvers_reminded":
      return `${event.nudge.kind} ${event.nudge.number} sent to ${remindedText(event)}`;
    case "glass_broken":
      return `**glass broken** by ${showPerson(event.by)}, incident ${escapeText(event.incident)}, reason: ${escapeText(event.reason)}, step-up ${event.stepUp}; not waited for: ${event.skipped.length === 0 ? "nobody" : event.skipped.map(escapeText).join(", ")}`;
    case "step_held_back":
      return event.hold.kind === "freeze"
        ? `**held back** by freeze ${inlineCode(event.hold.name)} until ${event.hold.until}: ${escapeText(event.hold.reason)}`
        : `**held back**: no maintenance window is open${event.hold.until === undefined ? "" : `; the next one opens at ${event.hold.until}`}`;
    case "step_let_go":
      return "not held back any more";
    case "approval_granted":
      return `**approved** by ${event.approvedBy.map(escapeText).join(", ")} for ${inlineCode(event.digest)}`;
    case "approval_refused":
      return `**refused** by ${escapeText(event.by)}: ${escapeText(event.reason)}`;
    case "approval_expired":
      return "the approval expired";
    case "approval_signed":
      return `voters looked up again at ${event.checkedAt}; approval signed with ${event.envelope.signatures.map(({ keyid }) => inlineCode(keyid)).join(", ")}`;
    case "approval_voided":
      return `the votes of ${event.people.map(showPerson).join(", ")} do not count any more: ${escapeText(event.reason)}`;
    case "step_started":
      return `started by runner ${escapeText(event.runnerId)}, digest ${inlineCode(event.digest)}`;
    case "step_cancel_requested":
      return `**to be cancelled**, asked by ${showRequester(event.by)}: ${escapeText(event.reason)}`;
    case "step_finished":
      return `**${event.report.outcome}** after ${formatDuration(event.report.durationMs)}: ${escapeText(event.report.reason)}`;
    case "result_came_late":
      return `**late result** of runner ${escapeText(event.runnerId)}, which changed nothing: ${event.report.outcome}, ${escapeText(event.report.reason)}`;
    case "runner_silent":
      return `**silent**: runner ${escapeText(event.runnerId)} (process ${event.pid} on ${escapeText(event.host)}) gave no sign of life since ${event.lastSeen}, although its connection stood`;
    case "runner_heard":
      return `runner ${escapeText(event.runnerId)} gave a sign of life again`;
    case "runner_lost":
      return `**unknown**: runner ${escapeText(event.runnerId)} was lost: ${escapeText(event.reason)}`;
    case "evidence_collected":
      return `evidence collected by runner ${escapeText(event.runnerId)}`;
    case "evidence_requested":
      return `${showRequester(event.by)} asked to look again`;
    case "step_counted_as_done":
      return `**counted as done** by ${showRequester(event.by)}: ${escapeText(event.note)}`;
    case "step_retried":
      return `attempt ${event.attempt} asked for by ${showRequester(event.by)}`;
    case "manual_step_confirmed":
      return `**confirmed** by ${showRequester(event.by)}${event.note === "" ? "" : `: ${escapeText(event.note)}`} (recorded by ${showActor(actor)})`;
    default:
      return unreachable(event);
  }
}

function details({ event }: StepEvent, placeOf: PlaceOf): readonly string[] {
  if (event.type === "evidence_collected") return event.probes.map(probeLine);
  const isReport = event.type === "step_finished" || event.type === "result_came_late";
  return isReport ? reportLines(event.report, placeOf) : [];
}

function reportLines(report: StepReport, placeOf: PlaceOf): readonly string[] {
  const { output } = report;
  return [
    ...report.precheck.map((probe) => `${probeLine(probe)} (before)`),
    ...report.commands.map((command) => commandLine(command, placeOf)),
    ...report.proof.map((probe) => `${probeLine(probe)} (proof)`),
    ...(report.nodes ?? []).map(nodeLine),
    `  - output: ${output.lines} lines, ${output.bytes} bytes, ${inlineCode(output.digest)}${takenUpNote(output)}`,
    ...(output.tail.length > 0 ? ["", indent(codeBlock(output.tail)), ""] : []),
  ];
}

/** What the figures are over where a runner had to begin to read anew. */
function takenUpNote({ takenUp }: StepReport["output"]): string {
  if (takenUp === undefined) return "";
  const times = takenUp === 1 ? "once" : `${takenUp} times`;
  return `; the runner was started again ${times} while it ran, and these figures are over what was read anew from the beginning, after the last line that says so`;
}

function probeLine({ kind, verdict, summary }: ProbeResult): string {
  return `  - ${inlineCode(kind)} ${verdict}: ${escapeText(summary)}`;
}

function nodeLine({ node, state, reason }: NodeResult): string {
  return `  - node ${inlineCode(node)}: ${state.replaceAll("_", " ")}${reason === undefined ? "" : `: ${escapeText(reason)}`}`;
}

function commandLine(result: CommandResult, placeOf: PlaceOf): string {
  const { target, via = placeOf(target), argv, exitCode, signal, timedOut, durationMs } = result;
  const status =
    exitCode === undefined ? (signal === undefined ? "did not start" : `ended by ${signal}`) : `exit ${exitCode}`;
  const place = via === undefined ? "" : ` by ${escapeText(via)}`;
  return `  - on ${escapeText(target)}${place}: ${inlineCode(argv.join(" "))} → ${status}${timedOut ? ", timed out" : ""}, ${formatDuration(durationMs)}`;
}

/** Belongs to the list item above it. */
function indent(block: string): string {
  return block
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

/** `2 of S0DBA0001, or 1 of S0DBA0001 and 1 of S0LEADS01`: ids, because names change. */
function policyText({ alternatives }: Policy): string {
  return alternatives
    .map((parts) =>
      parts
        .map(({ count, users, groups }) => `${count} of ${[...users, ...groups].map(escapeText).join(", ")}`)
        .join(" and "),
    )
    .join(", or ");
}

function remindedText({ to, leftOut }: EventOf<"approvers_reminded">): string {
  const more = leftOut === undefined ? "" : `, and not to ${leftOut} more`;
  return to.length === 0
    ? "nobody: nobody was found who could"
    : `${to.map(({ userId }) => escapeText(userId)).join(", ")}${more}`;
}
