import { seeded } from "#test/support/seeded.ts";

/** What befalls the runner of a step that must not run twice, in one of the moments that count most. */
export type Ambush =
  | { readonly kind: "none" }
  /** SIGKILL after the step was claimed, or once its program was started. */
  | { readonly kind: "kill"; readonly when: "claimed" | "begun"; readonly afterMs: number }
  /** Between claim and start it stands still and is cut off, so that it is given up, and then it goes on. */
  | { readonly kind: "freeze"; readonly forMs: number }
  /** Its machine goes down with the program that was just started, and is up again after a while. */
  | { readonly kind: "reboot"; readonly afterMs: number; readonly forMs: number };

const kinds = ["begun", "begun", "freeze", "claimed", "reboot", "none"] as const;
/** Longer than it takes until others see that a runner is gone, and tell what they found. */
const frozenMs = { least: 9_000, most: 14_000 } as const;
/** The programs of the simulated world take some 100 ms to a second. */
const begunMs = { least: 0, most: 400 } as const;

/** One for each start in turn, without end; every six of them have every kind. The same seed gives the same. */
export function* planAmbushes(seed: string): Generator<Ambush, never> {
  const choose = seeded(seed, "ambushes");
  for (;;) {
    const left: (typeof kinds)[number][] = [...kinds];
    while (left.length > 0) {
      const [kind = "none"] = left.splice(choose.between(0, left.length - 1), 1);
      const forMs = choose.between(frozenMs.least, frozenMs.most);
      const afterMs = choose.between(begunMs.least, begunMs.most);
      if (kind === "none") yield { kind };
      else if (kind === "freeze") yield { kind, forMs };
      else if (kind === "reboot") yield { kind, afterMs, forMs };
      else yield { kind: "kill", when: kind, afterMs };
    }
  }
}

const movedAfterMs = { least: 0, most: 300 } as const;

/**
 * For each signed approval in turn, without end, after how many milliseconds its lock is taken anew, if it is: one of two,
 * because the approvers are looked up again only a minute later. The same seed gives the same.
 */
export function* planLockMoves(seed: string): Generator<number | undefined, never> {
  const choose = seeded(seed, "locks");
  for (;;) {
    const moved = choose.between(0, 1);
    for (let place = 0; place < 2; place += 1) {
      const afterMs = choose.between(movedAfterMs.least, movedAfterMs.most);
      yield place === moved ? afterMs : undefined;
    }
  }
}

const changesPerSpoiledPost = 12;

/**
 * For each change of a record in turn, without end, what befalls the next posts to Slack, if anything does: of twelve changes
 * one has a fault. The same seed gives the same.
 */
export function* planSpoiledPosts(seed: string): Generator<Readonly<Record<string, unknown>> | undefined, never> {
  const choose = seeded(seed, "posts");
  for (;;) {
    const spoiled = choose.between(0, changesPerSpoiledPost - 1);
    const next = { method: "chat.postMessage", count: choose.between(1, 2) };
    const fault = choose.pick([{ lose_response_next: next }, { fail_next: { ...next, status: 503 } }]);
    for (let place = 0; place < changesPerSpoiledPost; place += 1) yield place === spoiled ? fault : undefined;
  }
}
