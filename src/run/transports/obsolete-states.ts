import { canonicalJson } from "#src/kernel/digest.ts";
import type { Transport } from "#src/plan/transport.ts";

/** State directories on targets whose results are recorded, until they are gone there. */
export interface ObsoleteStates {
  /** Answers whether the target removed them; not where it could not be reached. */
  add(via: Transport, names: readonly string[]): Promise<boolean>;
  /** Those of one target, for whoever has a conversation with it anyway and tells then whether it heard of them. */
  take(via: Transport): Taken;
  /** Has everything removed now; what was taken and not told is answered with no. */
  close(): Promise<void>;
}

interface Taken {
  readonly names: readonly string[];
  tell(isGone: boolean): void;
}

/** A target that nobody used for so long is tidied up by a connection of its own. */
const tidyAfterMs = 20_000;
/** Targets that are tidied up at the same time: a step may have had a thousand. */
const tidiedAtOnce = 16;
/** Per target; it keeps their number down by itself, too. */
const maxWaiting = 500;

/** Has them removed now; answers whether they are. */
type Remove = (via: Transport, names: readonly string[]) => Promise<boolean>;

interface Waiting {
  readonly via: Transport;
  readonly names: Map<string, PromiseWithResolvers<boolean>>;
}

export function createObsoleteStates(remove: Remove): ObsoleteStates {
  const waiting = new Map<string, Waiting>();
  /** With a command that may go on for long. */
  const taken = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const tidyUp = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const all = [...waiting.values()].values();
    waiting.clear();
    const work = async (): Promise<void> => {
      for (const each of all) answer(each, await remove(each.via, [...each.names.keys()]));
    };
    await Promise.all(Array.from({ length: tidiedAtOnce }, work));
  };
  return {
    add: async (via, names) => {
      const key = canonicalJson(via);
      const known = waiting.get(key) ?? { via, names: new Map() };
      waiting.set(key, known);
      timer ??= setTimeout(() => void tidyUp(), tidyAfterMs).unref();
      const answers = names.map((name) => {
        const asked = known.names.get(name) ?? Promise.withResolvers<boolean>();
        if (known.names.has(name) || known.names.size < maxWaiting) known.names.set(name, asked);
        else asked.resolve(false);
        return asked.promise;
      });
      return (await Promise.all(answers)).every(Boolean);
    },
    take: (via) => {
      const key = canonicalJson(via);
      const found = waiting.get(key);
      if (found === undefined) return { names: [], tell: () => undefined };
      waiting.delete(key);
      taken.add(found);
      return {
        names: [...found.names.keys()],
        tell: (isGone) => {
          taken.delete(found);
          answer(found, isGone);
        },
      };
    },
    close: async () => {
      await tidyUp();
      for (const each of taken) answer(each, false);
    },
  };
}

function answer({ names }: Waiting, isGone: boolean): void {
  for (const { resolve } of names.values()) resolve(isGone);
}
