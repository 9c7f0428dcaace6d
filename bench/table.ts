import type { Budget } from "./bench.ts";

export interface CaseResult {
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  /** Processes that wanted to run while it was measured: above the number of cores the times are too long. */
  readonly load: number;
  /** Processor time divided by that of the floor. */
  readonly ratioToFloor?: number;
  readonly budget?: Budget;
}

export interface Results {
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly machine: string;
  readonly runs: number;
  readonly results: readonly CaseResult[];
}

/** The figures as a table in Markdown. */
export function tableOf({ date, machine, runs, results }: Results): string {
  const rows = results.map(({ name, wallMs, cpuMs, peakMb, load, ratioToFloor, budget }) => {
    const within = budget === undefined ? "" : budgetText(budget, { wallMs, peakMb, ratioToFloor });
    return `| ${name} | ${seconds(wallMs)} | ${seconds(cpuMs)} | ${peakMb} MB | ${load.toFixed(1)} | ${ratioToFloor ?? ""} | ${within} |`;
  });
  return [
    `Median of ${runs} runs, each in a fresh process, ${date}, ${machine}.`,
    "",
    "| what | time | processor time | peak memory | load | ratio to floor | budget |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function budgetText(
  { wallMs, ratio, peakMb }: Budget,
  taken: { readonly wallMs: number; readonly peakMb: number; readonly ratioToFloor: number | undefined },
): string {
  const isInTime = wallMs === undefined || taken.wallMs <= wallMs;
  const isNearFloor = ratio === undefined || (taken.ratioToFloor ?? Number.POSITIVE_INFINITY) <= ratio;
  const isWithin = isInTime && isNearFloor && taken.peakMb <= peakMb;
  const limits = [
    ...(wallMs === undefined ? [] : [seconds(wallMs)]),
    ...(ratio === undefined ? [] : [`${ratio} times the floor`]),
    `${peakMb} MB`,
  ];
  return `${limits.join(", ")}: ${isWithin ? "kept" : "**missed**"}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** The section of one bench in the README. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly table: string;
}

/** The README with the table of one bench put in place of the last one. */
export function withTable(readme: string, { name, title, table }: Section): string {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from === -1 || to === -1) return `${readme.trimEnd()}\n\n## ${title}\n\n${begin}\n${table}\n${end}\n`;
  return `${readme.slice(0, from + begin.length)}\n${table}\n${readme.slice(to)}`;
}
