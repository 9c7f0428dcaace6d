import { setTimeout as delay } from "node:timers/promises";
import { People } from "#practice/scenarios/people.ts";
import type { Message } from "#practice/scenarios/people.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Site } from "./product.ts";

const reader = "U0ALICE01";

/** Waits until the thread of an upgrade shows such a message; looks whenever something in the workspace changes. */
export async function untilShown(
  { workspace, environment }: Pick<Site, "workspace" | "environment">,
  id: UpgradeId,
  isMeant: (message: Message) => boolean,
  timeoutMs = 30_000,
): Promise<void> {
  const people = new People(workspace.address);
  const deadline = performance.now() + timeoutMs;
  for (let seen = -1; performance.now() < deadline; await delay(2)) {
    if (workspace.changes() === seen) continue;
    seen = workspace.changes();
    const cards = await people.messages(reader, environment.channel);
    const card = cards.find(({ text, thread_ts, ts }) => text.includes(id) && (thread_ts ?? ts) === ts);
    if (card === undefined) continue;
    const thread = await people.messages(reader, environment.channel, card.ts);
    if (thread.some((message) => isMeant(message))) return;
  }
  throw new Error(`the thread of ${id} did not show within ${timeoutMs} ms what was waited for`);
}
