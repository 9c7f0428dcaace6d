import type { Track } from "#src/upgrade/state.ts";
import type { NodeResult } from "#src/upgrade/step-report.ts";
import { escapeText } from "./text.ts";

/** Nodes that people see by name; of the others they see how many there are. */
const shownNodes = 8;

const words = {
  done: "done",
  already_done: "done before",
  failed: "failed",
  not_proven: "not proven",
  not_begun: "not begun",
} as const satisfies Record<NodeResult["state"], string>;

const states = ["failed", "not_proven", "not_begun", "done", "already_done"] as const;

/** `1 failed, 2 not begun, 47 done`, and a line for each node that matters, the worst first. */
export function nodeResultLines(nodes: readonly NodeResult[]): readonly string[] {
  const counts = states.flatMap((state) => {
    const count = nodes.filter((node) => node.state === state).length;
    return count === 0 ? [] : [`${count} ${words[state]}`];
  });
  const troubled = states
    .slice(0, 3)
    .flatMap((state) => nodes.filter((node) => node.state === state))
    .slice(0, shownNodes)
    .map(({ node, state, reason }) => {
      const why = reason === undefined ? "" : `: ${escapeText(reason, 200)}`;
      return `• ${escapeText(node, 60)} ${words[state]}${why}`;
    });
  return [counts.join(", "), ...troubled];
}

/** The same for the card, where there is something to say. */
export function nodesIn(track: Track): { readonly nodes?: string } {
  const nodes = nodesOfTrack(track);
  return nodes === undefined ? {} : { nodes };
}

/** How far the nodes of a track are that is rolled out batch by batch; undefined for every other. */
export function nodesOfTrack({ plan, steps }: Track): string | undefined {
  if (!plan.steps.some(({ id }) => id.includes("-batch-"))) return undefined;
  const starts = plan.steps.filter(({ id }) => /^(?:back-)?start-/u.test(id));
  const all = new Set(starts.flatMap(({ targets }) => targets));
  if (all.size < 2) return undefined;
  const done = new Set(starts.filter(({ id }) => steps.get(id)?.kind === "done").flatMap(({ targets }) => targets));
  const current = plan.steps.find(({ id }) => steps.get(id)?.kind !== "done");
  const names = (current?.targets ?? []).filter((name) => all.has(name));
  const isWhole = names.length === 0 || names.length === all.size;
  const more = names.length > shownNodes ? ` and ${names.length - shownNodes} more` : "";
  const now = isWhole
    ? ""
    : `; now at ${names
        .slice(0, shownNodes)
        .map((name) => escapeText(name, 60))
        .join(", ")}${more}`;
  return `${done.size} of ${all.size} replaced${now}`;
}
