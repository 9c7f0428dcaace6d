import type { Step } from "#src/plan/step.ts";
import { practiceRequests } from "#practice/world/config-file.ts";
import type { Deeds } from "./execution.ts";
import type { Site } from "./site.ts";

/** Hooks of a site with two clusters; without them a person does it all. */
export const allHooks = [
  "install",
  "freeze",
  "unfreeze",
  "provision",
  "configure",
  "shift_traffic",
  "decommission",
] as const;

/** What a person does who follows the instructions, with the site's own commands. @throws Error for a step that asks for something else */
export function followInstructions(site: Site, versions: { readonly from: string; readonly to: string }): Deeds {
  return async (step) => {
    const { id, targets } = step;
    const each = async (deed: (node: string) => Promise<void>): Promise<void> => {
      for (const node of targets) await deed(node);
    };
    const share = /^(?:back-)?shift-(\d+)$/u.exec(id)?.[1];
    if (share !== undefined) return site.does("shift-traffic", share);
    switch (id) {
      case "acknowledge-findings":
        return undefined;
      case "freeze":
        return site.does("freeze-config", "on");
      case "unfreeze":
      case "back-unfreeze":
        return site.does("freeze-config", "off");
      case "green-provision":
        return each((node) => site.does("make-host", node));
      case "green-install":
        return each((node) => site.installs(node, versions.to));
      case "green-configure":
        return each((node) => site.does("configure-kong", node));
      case "green-smoke":
      case "back-smoke":
        return each((node) => tryRequests(site, node));
      case "decommission":
        return each((node) => site.does("remove-host", node));
      case "back-install":
        return each(async (node) => {
          // Its hosts are gone, and the instruction asks for new ones.
          if (instructionOf(step).includes("on new hosts")) await site.does("make-host", node);
          await site.installs(node, versions.from);
        });
      default:
        throw new Error(`nobody knows how to do ${id}: ${instructionOf(step)}`);
    }
  };
}

function instructionOf({ action }: Step): string {
  return action.kind === "manual" ? action.instruction : "";
}

async function tryRequests(site: Site, node: string): Promise<void> {
  for (const { path, expect } of practiceRequests) {
    const { status } = await fetch(new URL(path, site.host(node).proxy), { signal: AbortSignal.timeout(5_000) });
    if (status !== expect) throw new Error(`${node} answers ${status} to ${path}`);
  }
}
