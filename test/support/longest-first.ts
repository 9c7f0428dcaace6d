import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";
import { seeded } from "./seeded.ts";

/** The file that takes longest, whatever else is to do. */
const longest = /\/test\/chaos\/chaos\.test\.ts$/u;
/** Share of the other files among which the journeys are spread: none of them may be the last to begin. */
const spreadOver = 0.7;

/**
 * Any order, by the run's seed, but for one thing: what mostly waits (chaos, journeys) begins before the end and between
 * what mostly computes, so that the cores are busy all the time and nobody waits for one long file at the end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const choose = seeded(this.ctx.config.sequence.seed);
    const drawn = files.map((file) => ({ file, lot: choose.fraction() }));
    const shuffled = drawn.toSorted((left, right) => left.lot - right.lot).map(({ file }) => file);
    const others = shuffled.filter(({ moduleId }) => !longest.test(moduleId));
    const parts = others.filter(({ project }) => project.name === "parts");
    const journeys = others.filter(({ project }) => project.name !== "parts");
    const step = (spreadOver * parts.length) / Math.max(1, journeys.length);
    const placed = [
      ...parts.map((file, index) => ({ file, place: index })),
      ...journeys.map((file, index) => ({ file, place: index * step - 0.5 })),
    ].toSorted((left, right) => left.place - right.place);
    return [...shuffled.filter(({ moduleId }) => longest.test(moduleId)), ...placed.map(({ file }) => file)];
  }
}
