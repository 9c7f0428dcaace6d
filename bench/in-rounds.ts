import { median } from "./measure.ts";

/** One thing that is timed: does it, once or often, and answers how long each time took, in milliseconds. */
export interface Timed {
  readonly name: string;
  readonly take: () => Promise<readonly number[]>;
}

/** Times by name. */
export interface Times {
  /** @throws Error for a name that was not timed. */
  of(name: string): readonly number[];
}

/** Everything in turns, so that a busy moment hits all of it alike, after rounds that do not count. */
export async function inRounds(
  all: readonly Timed[],
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<Times> {
  const times = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const { name, take } of all) {
      const taken = await take();
      if (round > 0) times.get(name)?.push(...taken);
      process.stdout.write(`  ${round > 0 ? `round ${round}` : "warm-up"}: ${name} ${median(taken).toFixed(2)} ms\n`);
    }
  }
  return {
    of: (name) => {
      const found = times.get(name);
      if (found === undefined) throw new Error(`${name} was not timed`);
      return found;
    },
  };
}

/** How long something takes, in milliseconds. */
export async function timeOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** How long each of several goes takes, one after the other. */
export async function timesOf(count: number, work: () => unknown): Promise<readonly number[]> {
  const times: number[] = [];
  for (let go = 0; go < count; go += 1) times.push(await timeOf(work));
  return times;
}
