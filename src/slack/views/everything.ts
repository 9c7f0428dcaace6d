import type { ModalView } from "@slack/types";
import type { Digest } from "#src/kernel/digest.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
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
const linesPerSection = 12;

/** A step as it is bound by its digest: nothing shortened but by `maxSections`. */
export function everythingText({ plan, step, attempt, digest }: Everything): string {
  return JSON.stringify({ plan: plan.digest, from: plan.from, to: plan.to, attempt, digest, step }, undefined, 2);
}

/** The whole text as a modal; undefined when it is too long for one. */
export function everythingModal(everything: Everything): ModalView | undefined {
  const lines = wrapped(everythingText(everything));
  const count = Math.ceil(lines.length / linesPerSection);
  if (count > maxSections) return undefined;
  const parts = Array.from({ length: count }, (_, index) =>
    lines.slice(index * linesPerSection, (index + 1) * linesPerSection),
  );
  return {
    type: "modal",
    title: { type: "plain_text", text: "Everything" },
    close: { type: "plain_text", text: "Close" },
    blocks: parts.map((part) => section(codeFence(part, 2_700))),
  };
}

/** Lines short enough that no section has to leave any out, even if every character has to be escaped. */
function wrapped(text: string): readonly string[] {
  const lineLength = 80;
  return text.split("\n").flatMap((line) => {
    const parts: string[] = [];
    for (let start = 0; start < line.length || start === 0; start += lineLength) {
      parts.push(line.slice(start, start + lineLength));
    }
    return parts;
  });
}
