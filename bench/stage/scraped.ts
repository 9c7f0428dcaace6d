import type { Member } from "./crew.ts";

/** What a process told at `/metrics`, and how long it took to tell. */
export interface Scraped {
  readonly tookMs: number;
  /** The sum over all series of a name with these labels; 0 where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

const timeoutMs = 10_000;

/** Reads the figures that a process tells (Prometheus, text format 0.0.4). */
export async function scrape({ figuresUrl }: Member): Promise<Scraped> {
  const startedAt = performance.now();
  const response = await fetch(`${figuresUrl}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
  const text = await response.text();
  const tookMs = performance.now() - startedAt;
  const series = text.split("\n").flatMap((line) => {
    const { name, labels = "", value } = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/u.exec(line)?.groups ?? {};
    return name === undefined ? [] : [{ name, labels, value: Number(value) }];
  });
  return {
    tookMs,
    sum: (name, wanted = {}) =>
      series
        .filter((each) => each.name === name)
        .filter(({ labels }) =>
          Object.entries(wanted).every(([label, value]) => labels.includes(`${label}="${value}"`)),
        )
        .reduce((sum, { value }) => sum + value, 0),
  };
}
