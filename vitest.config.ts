import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/support/closing-line.ts";

/** Whole upgrades with real processes and Slack's pace: minutes of waiting with little to compute. */
const journeys = ["test/journeys/**/*.test.ts", "test/browser/main-job.test.ts"];
/** Journeys that a check has no time for within 15 minutes: `npm run test:longer` runs them. */
const longer = ["dual-cluster", "fresh-data-store", "preproduction-first"].map(
  (strategy) => `test/journeys/strategies/${strategy}.test.ts`,
);

/** The timeouts end what hangs; they are no bounds of speed, and four journeys share two cores. */
const patience = { maxWorkers: 4, testTimeout: 180_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLine()],
    projects: [
      {
        extends: true,
        // More workers than the two cores that a machine has at least: some wait for real processes while others compute.
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: journeys,
          // Files share their workers: two hundred times loading zod, fast-check and our own modules was a sixth of the time.
          // No file changes what others see, and what files share registers its hooks in functions that they call.
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "journeys", include: journeys, exclude: longer, ...patience, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: "longer", include: longer, ...patience, sequence: { groupOrder: 1 } } },
    ],
    globalSetup: ["test/support/global-setup.ts"],
    sequence: { shuffle: true },
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
