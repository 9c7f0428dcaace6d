import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with one line that machines and people can read: `N passed, N failed, N skipped`. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let brokenFiles = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
      // A file that does not load has no tests, and must not count as nothing.
      if (module.state() === "failed" && module.errors().length > 0) brokenFiles += 1;
    }
    const failed = counts.failed + counts.pending + brokenFiles + unhandled.length;
    process.once("exit", () =>
      process.stdout.write(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped\n`),
    );
  }
}
