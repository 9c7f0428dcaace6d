import { expect, test } from "vitest";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import { sampleRunner } from "#test/support/memory-desk.ts";
import { sampleEnvironment } from "#test/support/samples.ts";

const anyRunner = sampleEnvironment();
const inEurope = sampleEnvironment({ runner: { labels: { zone: "eu" } } });

test("a living runner that fits and does not drain is enough", () => {
  expect(whyNobodyRuns(anyRunner, [sampleRunner()])).toBeUndefined();
  const fitting = sampleRunner({ id: "r2", labels: { zone: "eu", rack: "1" } });
  expect(whyNobodyRuns(inEurope, [sampleRunner({ isDraining: true }), fitting])).toBeUndefined();
});

test("who is missing is said with the labels that are asked for and the line that starts one", () => {
  const line = "kong-upgrade runner --environment practice";
  expect(whyNobodyRuns(anyRunner, [])).toBe(
    `no runner of practice is alive, so nothing of it is looked at or run; start one near its Kong: ${line}`,
  );
  expect(whyNobodyRuns(anyRunner, [sampleRunner({ environments: ["other"] }), sampleRunner({ isAlive: false })])).toBe(
    whyNobodyRuns(anyRunner, []),
  );
  expect(whyNobodyRuns(inEurope, [sampleRunner({ labels: { zone: "us" } })])).toBe(
    `no runner of practice with zone=eu is alive (r1 lives without zone=eu), so nothing of it is looked at or run; start one near its Kong: ${line} --label zone=eu`,
  );
});

test("runners that all drain take no new step", () => {
  expect(whyNobodyRuns(anyRunner, [sampleRunner({ isDraining: true })])).toContain(
    "every runner of practice is draining (r1) and takes no new step",
  );
});
