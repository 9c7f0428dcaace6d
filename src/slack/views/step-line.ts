import { formatDuration } from "#src/kernel/duration.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import type { StepProgress } from "#src/upgrade/state.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { requesterName } from "./names.ts";
import { codeFence, dateToken, escapeText } from "./text.ts";

export interface StepLine {
  readonly number: number;
  readonly total: number;
  readonly step: Step;
  readonly progress: Exclude<StepProgress, { kind: "waiting" }>;
  readonly isWayBack: boolean;
  /** The last lines that it printed so far. */
  readonly liveTail?: readonly string[];
  /** How many of its nodes are done so far. */
  readonly tally?: string | undefined;
}

/** How much of the end of the output stands in the thread; the whole is in the record. */
const tailLines = 4;

/** One line per attempt of a step, edited from running to its proven end. */
export function stepLine({ number, total, step, progress, isWayBack, liveTail = [], tally }: StepLine): Content {
  const place = `${isWayBack ? "↩️ " : ""}${number}/${total}`;
  const attempt = progress.attempt > 1 ? ` (attempt ${progress.attempt})` : "";
  const markup = `${mark(progress)} ${place} *${escapeText(step.title, 150)}*${attempt} — ${state(progress, step)}${tallied(progress, tally)}`;
  const whole = "report" in progress ? (progress.report?.output.tail ?? []) : liveTail;
  const tail = whole.slice(-tailLines);
  const output = tail.length === 0 ? [] : [section(codeFence(tail, 600))];
  return { text: markup.replaceAll("*", ""), blocks: [section(markup), ...output] };
}

function mark(progress: StepLine["progress"]): string {
  if (progress.kind === "failed" && progress.cancel !== undefined) return "✂️";
  return { ready: "⏳", running: "▶️", done: "✅", failed: "❌", unknown: "❔" }[progress.kind];
}

function state(progress: StepLine["progress"], { timeoutMs }: Pick<Step, "timeoutMs">): string {
  switch (progress.kind) {
    case "ready":
      return "its turn";
    case "running":
      return `running on ${escapeText(progress.runnerId, 80)} since ${dateToken(progress.startedAt)}, at most ${formatDuration(timeoutMs)}${cancelled(progress)}`;
    case "done":
      return doneText(progress);
    case "failed":
      return `failed: ${escapeText(progress.reason, 400)}${took(progress.report)}`;
    case "unknown":
      return `outcome unknown: ${escapeText(progress.reason, 400)}`;
    default:
      return unreachable(progress);
  }
}

function doneText(progress: Extract<StepProgress, { kind: "done" }>): string {
  switch (progress.how) {
    case "proven": {
      const proof = (progress.report?.proof ?? []).slice(0, 4).map((probe) => escapeText(probe.summary, 150));
      const seen = proof.length === 0 ? escapeText(progress.report?.reason ?? "", 200) : proof.join("; ");
      return `proven${seen === "" ? "" : `: ${seen}`}${took(progress.report)}`;
    }
    case "confirmed":
      return `confirmed${progress.by === undefined ? "" : ` by ${requesterName(progress.by)}`}`;
    case "counted_as_done":
      return `counted as done${progress.by === undefined ? "" : ` by ${requesterName(progress.by)}`}`;
    default:
      return unreachable(progress.how);
  }
}

function cancelled({ cancel }: Extract<StepProgress, { kind: "running" }>): string {
  return cancel === undefined ? "" : `; being cancelled by ${requesterName(cancel.by)}`;
}

function tallied({ kind }: StepLine["progress"], tally: string | undefined): string {
  return kind === "running" && tally !== undefined ? `; ${escapeText(tally, 300)}` : "";
}

function took(report: StepReport | undefined): string {
  return report === undefined ? "" : ` _(${formatDuration(report.durationMs)})_`;
}
