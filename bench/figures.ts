/** What was measured of the product beside the bare mechanism that it is built on, in the same run. */
export interface Figure {
  readonly what: string;
  readonly unit: "ms" | "MB" | "times";
  readonly ours: number;
  /** Absent where there is no mechanism to compare with. */
  readonly floor?: number;
  /** How often it was measured. */
  readonly samples: number;
  readonly budget?: Limit;
}

/** At most this multiple of the floor, or at most this much. */
export interface Limit {
  readonly ratio?: number;
  readonly most?: number;
}

/** Figures of times, sizes or counts, measured by a bench that starts what it needs itself. */
export interface FigureBench {
  /** Names the file in `results/` and the section of the README. */
  readonly name: string;
  readonly title: string;
  /** Starts and measures; what is put on the stack ends afterwards. */
  readonly takeFigures: (folder: string, stack: AsyncDisposableStack) => Promise<Taken>;
}

export interface Taken {
  readonly figures: readonly Figure[];
  /** What a reader of the table must know: what is part of a figure, what is missing here. */
  readonly remarks: readonly string[];
}

/** What is written down of a run. */
export interface FigureResults extends Taken {
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly machine: string;
  /** Processes that wanted to run, before and after: above the number of cores the times are too long. */
  readonly load: readonly [before: number, after: number];
}

export interface Samples {
  readonly what: string;
  readonly oursMs: readonly number[];
  readonly floorMs?: readonly number[];
  readonly p50?: Limit;
  readonly p99?: Limit;
}

/** Median and 99th percentile of times; with fewer than a hundred samples the latter is the longest. */
export function percentiles(samples: Samples): readonly Figure[] {
  return [shareOf(samples, 50, samples.p50), shareOf(samples, 99, samples.p99)];
}

/** What was measured or counted once, with nothing to compare with. */
export function single(what: string, unit: Figure["unit"], ours: number): Figure {
  return { what, unit, ours, samples: 1 };
}

function shareOf({ what, oursMs, floorMs }: Samples, share: number, budget: Limit | undefined): Figure {
  return {
    what: `${what}, p${share}`,
    unit: "ms",
    ours: percentile(oursMs, share),
    ...(floorMs === undefined ? {} : { floor: percentile(floorMs, share) }),
    samples: oursMs.length,
    ...(budget === undefined ? {} : { budget }),
  };
}

/** Nearest rank, to a hundredth. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return Math.round(value * 100) / 100;
}

/** The figures as a table in Markdown. */
export function figureTable({ date, machine, load, figures, remarks }: FigureResults): string {
  const rows = figures.map((figure) => {
    const { what, unit, ours, floor, samples, budget } = figure;
    const cells = [
      what,
      floor === undefined ? "" : amount(floor, unit),
      amount(ours, unit),
      ratioOf(figure)?.toFixed(2) ?? "",
      String(samples),
      budget === undefined ? "" : budgetText(figure, budget),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const [before, after] = load;
  return [
    `${date}, ${machine}, load ${before.toFixed(1)} before and ${after.toFixed(1)} after.`,
    "",
    "| what | floor | ours | ratio | samples | budget |",
    "|---|---|---|---|---|---|",
    ...rows,
    ...(remarks.length === 0 ? [] : ["", ...remarks.map((remark) => `- ${remark}`)]),
  ].join("\n");
}

function ratioOf({ ours, floor }: Figure): number | undefined {
  return floor === undefined || floor === 0 ? undefined : ours / floor;
}

function budgetText(figure: Figure, { ratio, most }: Limit): string {
  const isNearFloor = ratio === undefined || (ratioOf(figure) ?? Number.POSITIVE_INFINITY) <= ratio;
  const isLittle = most === undefined || figure.ours <= most;
  const limits = [
    ...(ratio === undefined ? [] : [`${ratio} times the floor`]),
    ...(most === undefined ? [] : [amount(most, figure.unit)]),
  ];
  return `${limits.join(", ")}: ${isNearFloor && isLittle ? "kept" : "**missed**"}`;
}

function amount(value: number, unit: Figure["unit"]): string {
  if (unit === "times") return String(value);
  return `${value < 100 && unit === "ms" ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
