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
const sectionLength = 2_600;
/** Longer lines are wrapped; `codeFence` cuts at 400. */
const lineLength = 160;

/** A step as it is bound by its digest: nothing shortened but by `maxSections`. */
export function everythingText({ plan, step, attempt, digest }: Everything): string {
  return JSON.stringify({ plan: plan.digest, from: plan.from, to: plan.to, attempt, digest, step }, undefined, 2);
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
