import { seeded } from "#test/support/seeded.ts";

/** What befalls the runner of a step that must not run twice, in one of the moments that count most. */
export type Ambush =
  | { readonly kind: "none" }
  /** SIGKILL after the step was claimed, or once its program was started. */
  | { readonly kind: "kill"; readonly when: "claimed" | "begun"; readonly afterMs: number }
  /** Between claim and start it stands still and is cut off, so that it is given up, and then it goes on. */
  | { readonly kind: "freeze"; readonly forMs: number };

const kinds = ["begun", "begun", "freeze", "claimed", "none"] as const;
/** Longer than it takes until others see that a runner is gone, and tell what they found. */
const frozenMs = { least: 9_000, most: 14_000 } as const;
/** The programs of the simulated world take some 100 ms to a second. */
const begunMs = { least: 0, most: 400 } as const;

/** One for each start in turn, without end; every five of them have every kind. The same seed gives the same. */
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
      else yield { kind: "kill", when: kind, afterMs };
    }
  }
}
