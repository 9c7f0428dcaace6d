import { expect, test } from "vitest";
import { readHealth } from "#src/kong/cli-output/health.ts";
import { readVersion } from "#src/kong/cli-output/version.ts";
import { recorded } from "./recorded.ts";

const said = (stdout: string, exitCode = 0) => ({ exitCode, stdout, stderr: "" });

test.each([
  ["what 2.8.5 prints", recorded("version-2.8.5"), "2.8.5"],
  ["what 2.8.5 prints with -a", recorded("version-all-2.8.5"), "2.8.5"],
  ["Enterprise", said("Kong Enterprise 3.4.3.5\n"), "3.4.3.5"],
  ["a line before it", said("prefix directory /x not found, trying to create it\n3.4.2"), "3.4.2"],
  ["a failed command", said("3.4.2", 1), undefined],
  ["no version at all", said("hello"), undefined],
])("the version of %s", (_, output, version) => {
  expect(readVersion(output)).toBe(version);
});

test("health tells running, not running, and when it is unclear", () => {
  expect(readHealth(recorded("health-running-2.8.5"))).toStrictEqual({ kind: "running" });
  expect(readHealth(recorded("health-not-running-2.8.5"))).toStrictEqual({ kind: "not_running" });
  expect(readHealth({ exitCode: 1, stdout: "", stderr: "Error: no such prefix: /nonexistent/kong\n" })).toStrictEqual({
    kind: "not_running",
  });
  expect(readHealth({ exitCode: undefined, stdout: "", stderr: "" })).toMatchObject({ kind: "unclear" });
});
