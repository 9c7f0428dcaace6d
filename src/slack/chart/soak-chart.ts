import { allowedMs } from "#src/plan/traffic.ts";
import type { TrafficPoint } from "#src/plan/traffic.ts";
import type { SoakReport } from "#src/upgrade/step-report.ts";
import { createCanvas } from "./png.ts";
import type { Canvas, Colour } from "./png.ts";

/** Dark enough for white, and the card brings its own ground: it reads the same in a light and a dark workspace. */
const colours = {
  ground: [250, 250, 252],
  frame: [200, 204, 212],
  before: [130, 138, 150],
  during: [30, 96, 200],
  limit: [205, 40, 40],
} as const satisfies Record<string, Colour>;

const size = { width: 720, panel: 130, gap: 14, margin: 14 } as const;

interface Panel {
  readonly read: (point: TrafficPoint) => number | undefined;
  /** Drawn as a broken line across the time of the soak. */
  readonly limit: number | undefined;
}

/** The curves of a soak, from top to bottom: share of failed requests, p99, requests per second; before and during. */
export function soakChart(soak: SoakReport): Uint8Array {
  const panels = panelsOf(soak);
  const height = size.margin * 2 + panels.length * size.panel + (panels.length - 1) * size.gap;
  const canvas = createCanvas(size.width, height, colours.ground);
  for (const [index, panel] of panels.entries()) {
    drawPanel(canvas, { panel, soak, top: size.margin + index * (size.panel + size.gap) });
  }
  return canvas.encode();
}

function panelsOf({ before, limits, maxErrorRateIncrease }: SoakReport): readonly Panel[] {
  const was = before?.figures;
  const slowest = limits?.latency.p99Ms;
  const drop = limits?.maxRequestRateDrop;
  return [
    {
      read: ({ errorRate }) => errorRate,
      limit: was?.errorRate === undefined ? undefined : was.errorRate + maxErrorRateIncrease,
    },
    {
      read: ({ p99Ms }) => p99Ms,
      limit: was?.p99Ms === undefined || slowest === undefined ? undefined : allowedMs(was.p99Ms, slowest),
    },
    {
      read: ({ requestRate }) => requestRate,
      limit: was?.requestRate === undefined || drop === undefined ? undefined : was.requestRate * (1 - drop),
    },
  ];
}

interface Drawing {
  readonly panel: Panel;
  readonly soak: SoakReport;
  readonly top: number;
}

/** The baseline takes the left quarter, the soak the rest, each over its own time. */
function drawPanel(canvas: Canvas, { panel, soak, top }: Drawing): void {
  const { read, limit } = panel;
  const [left, right, bottom] = [size.margin, size.width - size.margin, top + size.panel];
  const middle = left + (right - left) / 4;
  const before = runsOf(soak.before?.points ?? [], read);
  const during = runsOf(soak.during.points, read);
  const highest = Math.max(...[...before, ...during].flat().map(({ value }) => value), limit ?? 0) * 1.1 || 1;
  const yOf = (value: number): number => bottom - 4 - (value / highest) * (size.panel - 8);
  for (const y of [top, bottom]) drawLine(canvas, [left, y], [right, y], { colour: colours.frame });
  for (const x of [left, middle, right]) drawLine(canvas, [x, top], [x, bottom], { colour: colours.frame });
  if (limit !== undefined)
    drawLine(canvas, [middle, yOf(limit)], [right, yOf(limit)], { colour: colours.limit, isBroken: true });
  for (const [runs, points, place, colour] of [
    [before, soak.before?.points ?? [], [left, middle], colours.before],
    [during, soak.during.points, [middle, right], colours.during],
  ] as const) {
    const lastMs = points.at(-1)?.atMs ?? 1;
    for (const run of runs) drawCurve(canvas, placed(run, lastMs, { place, yOf }), colour);
  }
}

interface Value {
  readonly atMs: number;
  readonly value: number;
}
type Place = readonly [number, number];

/** Where a figure is not told the curve is broken: a line across it would show calm that nobody saw. */
function runsOf(points: readonly TrafficPoint[], read: Panel["read"]): readonly (readonly Value[])[] {
  const runs: Value[][] = [[]];
  for (const point of points) {
    const value = read(point);
    if (value === undefined) runs.push([]);
    else runs.at(-1)?.push({ atMs: point.atMs, value });
  }
  return runs;
}

interface Placing {
  /** From where to where it lies across. */
  readonly place: Place;
  readonly yOf: (value: number) => number;
}

function placed(values: readonly Value[], lastMs: number, { place: [from, to], yOf }: Placing): readonly Place[] {
  return values.map(({ atMs, value }) => [from + 4 + (atMs / Math.max(1, lastMs)) * (to - from - 8), yOf(value)]);
}

function drawCurve(canvas: Canvas, places: readonly Place[], colour: Colour): void {
  for (const [index, place] of places.entries()) {
    drawLine(canvas, places[index - 1] ?? place, place, { colour, isThick: true });
  }
}

interface Pen {
  readonly colour: Colour;
  readonly isBroken?: boolean;
  readonly isThick?: boolean;
}

function drawLine(canvas: Canvas, [x0, y0]: Place, [x1, y1]: Place, { colour, isBroken, isThick }: Pen): void {
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
  for (let step = 0; step <= steps; step += 1) {
    if (isBroken === true && step % 12 >= 7) continue;
    const [x, y] = [x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps];
    canvas.dot(x, y, colour);
    canvas.dot(x, y + 1, colour);
    if (isThick === true) canvas.dot(x + 1, y, colour);
  }
}
