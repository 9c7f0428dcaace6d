import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/support/closing-line.ts";

/** Whole upgrades with real processes and Slack's pace: minutes of waiting with little to compute. */
const journeys = ["test/journeys/**/*.test.ts", "test/browser/main-job.test.ts"];

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
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // The timeouts end what hangs; they are no bounds of speed, and four journeys share two cores.
        test: {
          name: "journeys",
          include: journeys,
          maxWorkers: 4,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    globalSetup: ["test/support/global-setup.ts"],
    sequence: { shuffle: true },
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
