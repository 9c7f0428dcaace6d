import type { ModalView } from "@slack/types";
import { canonicalJson } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { proofOf } from "#src/plan/hook-of.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { section } from "./blocks.ts";
import { codeFence } from "./text.ts";

export interface Everything {
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly digest: Digest;
}

/** Slack: 100 blocks and 250 kB per view; beyond this the text becomes a file in the thread. */
const maxSections = 60;
const sectionLength = 2_600;
/** Longer lines are wrapped; `codeFence` cuts at 400. */
const lineLength = 160;

/**
 * Everything that the digest of a step covers: first in words, then as the canonical JSON (RFC 8785) whose sha-256 it is,
 * so that anybody can compute it again.
 */
export function everythingText({ plan, step, attempt, digest }: Everything): string {
  const covered = { plan: plan.digest, step, from: plan.from, to: plan.to, attempt };
  return [
    ...inWords({ plan, step, attempt, digest }),
    "",
    `The digest is the sha-256 of this line (canonical JSON, RFC 8785):`,
    canonicalJson(covered),
    "",
  ].join("\n");
}

function inWords({ plan, step, attempt, digest }: Everything): readonly string[] {
  return [
    `Step:       ${step.title} (${step.id}), attempt ${attempt}, phase ${step.phase}`,
    `Class:      ${step.class}${step.isIdempotent ? "; running it twice does the same as once" : ""}`,
    `Of:         ${plan.kind} of ${plan.environment}, ${plan.from} to ${plan.to}, ${plan.strategy}`,
    `Plan:       ${plan.digest} (every finding, note and step of it is covered)`,
    `Digest:     ${digest}`,
    `Targets:    ${step.targets.join(", ")}`,
    `Why:        ${step.why}`,
    `Way back:   ${step.wayBack}`,
    `Source:     ${step.source}`,
    `Time limit: ${formatDuration(step.timeoutMs)}`,
    "",
    "What runs:",
    ...actionInWords(step.action),
    "",
    "Looked at before:",
    ...probesInWords(step.precheck),
    "Proven by:",
    ...probesInWords(proofOf(step)),
  ];
}

function actionInWords(action: Step["action"]): readonly string[] {
  if (action.kind !== "commands") return listedMembers(action);
  const { commands, ...others } = action;
  return [...commands.flatMap(commandInWords), ...listedMembers(others)];
}

function commandInWords({ target, argv, ...rest }: Command, index: number): readonly string[] {
  const words = argv.map((word) => `       ${JSON.stringify(word)}`);
  const others = listedMembers(rest).map((line) => `   ${line}`);
  return [`  ${index + 1}. on ${target}:`, ...words, ...others];
}

function probesInWords(probes: Step["proof"]): readonly string[] {
  return probes.length === 0 ? ["  nothing"] : probes.map((probe) => `  - ${JSON.stringify(probe)}`);
}

function listedMembers(value: object): readonly string[] {
  return Object.entries(value).map(([name, member]) => `  ${name}: ${JSON.stringify(member)}`);
}

/** The whole text as a modal; undefined when it is too long for one. */
export function everythingModal(everything: Everything): ModalView | undefined {
  const parts = inSections(wrapped(everythingText(everything)));
  if (parts.length > maxSections) return undefined;
  return {
    type: "modal",
    title: { type: "plain_text", text: "Everything" },
    close: { type: "plain_text", text: "Close" },
    blocks: parts.map((part) => section(codeFence(part, sectionLength))),
  };
}

/** Groups lines so that no section has to leave any out, although escaped characters count several times. */
function inSections(lines: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let used = sectionLength;
  for (const line of lines) {
    const length = line.length + 4 * (line.match(/[&<>]/gu)?.length ?? 0) + 1;
    const last = parts.at(-1);
    if (last === undefined || used + length > sectionLength) {
      parts.push([line]);
      used = length;
    } else {
      last.push(line);
      used += length;
    }
  }
  return parts;
}

function wrapped(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const parts: string[] = [];
    for (let start = 0; start < line.length || start === 0; start += lineLength) {
      parts.push(line.slice(start, start + lineLength));
    }
    return parts;
  });
}
