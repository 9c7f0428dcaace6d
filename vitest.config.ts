import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/support/closing-line.ts";
import { LongestFirst } from "./test/support/longest-first.ts";

/** Whole upgrades with real processes and Slack's pace: minutes of waiting with little to compute. */
const journeys = ["test/journeys/**/*.test.ts", "test/browser/main-job.test.ts", "test/chaos/chaos.test.ts"];
/**
 * Journeys that a check has no time for within 15 minutes: `npm run test:longer` runs them. What the rehearsals among them
 * show is held in a check by others, too: clicks at once by `simultaneous-clicks`, impostors by `tampering`, killed bots and
 * sockets that drop by chaos.
 */
const longer = [
  ...["blue-green", "dual-cluster", "fresh-data-store", "preproduction-first"].map((name) => `strategies/${name}`),
  ...["bot-killed", "double-click", "impostor", "slack-drops"].map((name) => `rehearsals/${name}`),
].map((journey) => `test/journeys/${journey}.test.ts`);

/** The timeouts end what hangs; they are no bounds of speed, and some journeys share two cores with the parts. */
const patience = { maxWorkers: 5, testTimeout: 600_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLine()],
    projects: [
      {
        extends: true,
        // More workers than the two cores that a machine has at least: some wait for real processes while others compute.
        // As many as for the journeys: they share one queue, in which those who wait stand between those who compute.
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: journeys,
          // Files share their workers: two hundred times loading zod, fast-check and our own modules was a sixth of the time.
          // No file changes what others see, and what files share registers its hooks in functions that they call.
          isolate: false,
          maxWorkers: 5,
          setupFiles: ["test/support/yield-to-journeys.ts"],
        },
      },
      {
        extends: true,
        test: { name: "journeys", include: journeys, exclude: longer, ...patience },
      },
      { extends: true, test: { name: "longer", include: longer, ...patience } },
    ],
    globalSetup: ["test/support/global-setup.ts"],
    sequence: { shuffle: true, sequencer: LongestFirst },
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    // They end what hangs, and are no bounds of speed: six workers share two cores.
    testTimeout: 400_000,
    hookTimeout: 300_000,
  },
});
