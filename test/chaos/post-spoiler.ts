import { planSpoiledPosts } from "./ambushes.ts";
import type { World } from "./world/world.ts";

/** Lets posts fail, or loses Slack's answers to them, while there is something to post. */
export interface PostSpoiler extends AsyncDisposable {
  /** How often it did. */
  readonly count: () => number;
}

/** Listens to the record: a fault that comes at any time meets a message about never. */
export function spoilPosts(
  { record, people }: World,
  options: { readonly seed: string; readonly isCalm: () => boolean; readonly say: (line: string) => void },
): PostSpoiler {
  const plan = planSpoiledPosts(options.seed);
  let count = 0;
  const listening = record.listen((change) => {
    if (change.kind !== "changed" || options.isCalm()) return;
    const { value: fault } = plan.next();
    if (fault === undefined) return;
    count += 1;
    options.say(`⚡ ambush: Slack ${JSON.stringify(fault)} while ${change.id} has something to post`);
    // A workspace that is too busy to take it takes no post either.
    void people.faults(fault).catch(() => undefined);
  });
  return { count: () => count, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
}
