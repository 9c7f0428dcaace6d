import { chmod, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommands } from "#src/run/actions/commands.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { lineBuffering } from "#src/run/process/line-buffering.ts";
import { createContext } from "#test/src/run/context.ts";
import { createEnvironment, createFolder, createStep } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";
const env = { PATH: "/usr/bin:/bin" };
const library = ["/usr/libexec/coreutils/libstdbuf.so", "/usr/lib/coreutils/libstdbuf.so"].find((path) =>
  existsSync(path),
);

/** A `kong` that prints a line through the buffers of the C library, as the real one does, and waits for a file. */
async function createKong(folder: string, interpreter = "/bin/sh"): Promise<string> {
  const path = join(folder, "kong");
  const wait = `while [ ! -e ${folder}/enough ]; do sleep 0.05; done`;
  await writeFile(path, `#!${interpreter}\n{ echo "migrating core"; ${wait}; } | grep .\n`);
  await chmod(path, 0o755);
  return path;
}

/** Runs `kong migrations up` as a step would; what was kept of its output grows while it runs. */
function migrate(folder: string, kong: string) {
  const seen: string[] = [];
  const output = createStepOutput({
    append: async (text) => void seen.push(text),
    settle: async () => undefined,
    unsent: [],
  });
  const place = {
    environment: createEnvironment(nowhere),
    step: createStep({ timeoutMs: 60_000 }),
    dataDir: folder,
    databaseUrl: nowhere,
  };
  const context = { ...createContext(place), output };
  const command = { target: "runner", argv: [kong, "migrations", "up"], env: {}, secrets: {} };
  const run = async () => {
    const result = await runCommands([command], context);
    await output.finish();
    return result;
  };
  return { seen: () => seen.join(""), over: run() };
}

test.runIf(library !== undefined)("a line of a migration is seen before the migration ends", async () => {
  await using folder = await createFolder();
  const kong = await createKong(folder.path);
  const { seen, over } = migrate(folder.path, kong);
  await waitUntil("the first line", () => seen().includes("migrating core"));
  await writeFile(join(folder.path, "enough"), "");
  const { end, commands } = await over;
  expect(end).toEqual({ kind: "completed" });
  expect(commands[0]?.argv).toEqual([kong, "migrations", "up"]);
});

test.runIf(library !== undefined)("a migration does not die of its runner: it prints into a file", async () => {
  await using folder = await createFolder();
  const kong = join(folder.path, "kong");
  await writeFile(kong, "#!/bin/sh\nreadlink /proc/$$/fd/1 /proc/$$/fd/2\n");
  await chmod(kong, 0o755);
  const { seen, over } = migrate(folder.path, kong);
  await over;
  const [, stdout, stderr] = seen().split("\n");
  expect(stdout).toMatch(/^\/.+\/stdout$/u);
  expect(stderr).toMatch(/^\/.+\/stderr$/u);
  // What it printed is in the record now, redacted; nothing of it stays.
  expect(existsSync(stdout ?? "")).toBe(false);
});

test.runIf(library !== undefined)("the variables of stdbuf are added to what is there", async () => {
  await using folder = await createFolder();
  const kong = await createKong(folder.path, "/usr/bin/env sh");
  expect(await lineBuffering([kong, "migrations", "finish"], env)).toEqual({
    LD_PRELOAD: library,
    _STDBUF_O: "L",
    _STDBUF_E: "L",
  });
  expect(await lineBuffering([kong, "migrations", "up"], { ...env, LD_PRELOAD: "/own.so" })).toMatchObject({
    LD_PRELOAD: `/own.so:${library}`,
  });
});

test("nothing is loaded into what may go on running, into another kind of program, or without certainty", async () => {
  await using folder = await createFolder();
  const kong = await createKong(folder.path);
  const loop = await createKong(folder.path, kong);
  const refused = [
    [kong, "start"],
    [kong, "restart"],
    ["/usr/bin/apt-get", "install", "kong"],
    ["/nonexistent/kong", "migrations", "up"],
    [loop, "migrations", "up"],
    [],
  ];
  for (const argv of refused) expect(await lineBuffering(argv, env)).toEqual({});
});
