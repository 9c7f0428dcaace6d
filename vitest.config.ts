import { defineConfig } from "vitest/config";
import { ClosingLine } from "./test/support/closing-line.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", new ClosingLine()],
    sequence: { shuffle: true },
    expect: { requireAssertions: true },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The machine of a user has two cores at least; more workers than that only make real processes slower.
    maxWorkers: 2,
  },
});
