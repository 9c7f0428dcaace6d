import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRunnerFile } from "#src/config/runner-file.ts";
import { root } from "#test/support/source-tree.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kong-upgrade-runner-file-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reading(text: string): ReturnType<typeof readRunnerFile> {
  const file = join(folder, "runner.yml");
  await writeFile(file, text);
  return readRunnerFile(file);
}

test("without a file nothing is taken away", async () => {
  expect(await readRunnerFile(undefined)).toEqual({ labels: {}, drainMs: 3_600_000 });
});

test("the example is valid, and says what it is about", async () => {
  const file = join(root, "kong-upgrade-runner.example.yml");
  expect(await readRunnerFile(file)).toMatchObject({
    file,
    id: "eu-1",
    labels: { zone: "eu" },
    environments: ["prod"],
    transports: ["local", "ssh"],
    drainMs: 3_600_000,
  });
});

test.each([
  ["programs: [./kong]", "programs.0: expected an absolute path"],
  ["programs: [bin/kong]", "programs.0: expected an absolute path"],
  ["programs: [--help]", "programs.0: expected an absolute path"],
  ["programs: []", "programs: expected at least 1 entry"],
  ["programms: [kong]", "programms: unknown key"],
  ["transports: [telnet]", "transports.0: write local or ssh or docker or kubectl or job"],
  ["labels: { zone: [eu] }", "labels.zone: expected a text"],
  ["labels: { Zone: eu }", "labels.Zone"],
  ["drain_timeout: 1", "drain_timeout: expected a text"],
])("%s is a mistake that is told with its line", async (line, complaint) => {
  await expect(reading(`version: 1\n${line}\n`)).rejects.toThrow(`runner.yml:2  ${complaint}`);
});

test("a file that is named and not there stops the start", async () => {
  await expect(readRunnerFile(join(folder, "nowhere.yml"))).rejects.toThrow(
    /cannot read the runner's own configuration .*nowhere\.yml; write it/u,
  );
});
