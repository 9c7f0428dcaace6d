import { expect, test } from "vitest";
import { clean, file, hop, kongUpgrade, old, useFolder } from "./command-line.ts";

useFolder();

test.each([
  [["check"], /say which version: --to/u],
  [["check", "--to", "3.4.2"], /say what to look at/u],
  [["check", "--to", "3.4.2", "--fiel", "x"], /did you mean --file\?/u],
  [["check", ...hop, "--file", "kong.yml", "--format", "xml"], /Possible: text, json, markdown, sarif/u],
  [["check", ...hop, "--file", "kong.yml", "--fail-on", "breaks"], /--fail-on cannot be “breaks”/u],
  [["check", "--to", "3.4.2", "--file", "clean.yml"], /nothing tells which version runs now.*--from/u],
  [["chek", "--to", "3.4.2"], /There is no word “chek”.*check/u],
])("%j is answered with what to write, and status 2", async (words, message) => {
  await file("kong.yml", old);
  await file("clean.yml", clean);
  const { stdout, stderr, exitCode } = await kongUpgrade(words);
  expect(exitCode).toBe(2);
  expect(`${stdout}${stderr}`).toMatch(message);
  expect(`${stdout}${stderr}`).not.toContain("    at ");
});

test("a refused path says why, by which rule, and what is possible instead", async () => {
  const name = await file("clean.yml", clean);
  const down = await kongUpgrade(["check", "--from", "3.4.2", "--to", "2.8.5", "--file", name]);
  expect(down.exitCode).toBe(2);
  expect(down.stdout).toMatch(/Path: REFUSED\. .*older than the running 3\.4\.2/u);
});

test("versions alone are answered with the path between them, and never pass as an installation without findings", async () => {
  const { stdout, exitCode } = await kongUpgrade(["check", "--from", "2.8.4.14", "--to", "3.10.0.17"]);
  expect(stdout).toMatch(/^no installation: Kong 2\.8\.4\.14 → 3\.10\.0\.17\n/u);
  expect(stdout).toMatch(/Path: 2 upgrades, 3\.4\.3\.\d+ → 3\.10\.0\.17/u);
  expect(stdout).toContain("nothing was looked at: only the path between the versions is judged");
  expect(exitCode).toBe(2);
});

test("a way of several upgrades is judged hop by hop, and says why none is skipped", async () => {
  const name = await file("kong.yml", old);
  const { stdout } = await kongUpgrade(["check", "--from", "2.8.4.4", "--to", "3.10.0.5", "--file", name]);
  expect(stdout).toMatch(/Path: 2 upgrades, 3\.4\.3\.\d+ → 3\.10\.0\.5/u);
  expect(stdout).toMatch(/Upgrade 1 of 2, 2\.8\.4\.4 → 3\.4\.3\.\d+/u);
  expect(stdout).toMatch(/Upgrade 2 of 2, 3\.4\.3\.\d+ → 3\.10\.0\.5/u);
  expect(stdout).toMatch(/cannot be skipped|cannot go|nothing guarantees/u);
});

test.each([
  [["--helm-values", "a.yaml,,b.yaml"], /names no file somewhere/u],
  [["--helm-values", "kong="], /names no file somewhere/u],
  [["--helm-values", "a.yaml", "--chart-version", "latest"], /--chart-version cannot be “latest”.*such as 2\.38\.0/u],
])("%j is refused with what to write", async (words, problem) => {
  const { stderr, exitCode } = await kongUpgrade(["check", ...hop, ...words]);
  expect(stderr).toMatch(problem);
  expect(exitCode).toBe(2);
});
