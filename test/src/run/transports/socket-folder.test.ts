import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { setStage } from "#test/src/run/runner-stage.ts";
import { createStep } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { makeSocketFolder, removeLeftSocketFolders } from "#src/run/transports/socket-folder.ts";

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "p-"));
});
afterEach(() => rm(place, { recursive: true, force: true }));

const yesterday = new Date(Date.now() - 86_400_000);

/** The folder of a process that was killed: with what it held, and nobody behind it. */
async function leftBehind(where = place): Promise<string> {
  const module = JSON.stringify(new URL("../../../../src/run/transports/socket-folder.ts", import.meta.url).href);
  const script = `const { makeSocketFolder } = await import(${module});
    console.log(makeSocketFolder(${JSON.stringify(where)}).path); setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, "data"));
  child.kill("SIGKILL");
  await once(child, "exit");
  const path = said.toString().trim();
  await writeFile(join(path, "0123456789ab.conf"), "Host target\n");
  return path;
}

test("what a killed process left is removed, and nothing of one that lives", async () => {
  const [left, living] = [await leftBehind(), makeSocketFolder(place)];
  await utimes(living.path, yesterday, yesterday);
  expect(await removeLeftSocketFolders({ place })).toEqual([left]);
  expect([existsSync(left), existsSync(living.path)]).toEqual([false, true]);
  living.remove();
  expect(existsSync(living.path)).toBe(false);
});

test("a runner that starts does so", async () => {
  const left = await leftBehind(Buffer.byteLength(tmpdir()) > 40 ? "/tmp" : tmpdir());
  await using stage = await setStage(() => [createStep({})]);
  await stage.start();
  await waitUntil("the folder to be gone", () => !existsSync(left));
  expect(existsSync(left)).toBe(false);
});

test("nothing is removed that is somebody else's, a link, or no folder of ours", async () => {
  const left = await leftBehind();
  expect(await removeLeftSocketFolders({ place, uid: (process.getuid?.() ?? 0) + 1 })).toEqual([]);
  await symlink(left, join(place, "ku-ssh-LINKED"));
  const kept = await mkdtemp(join(place, "ku-ssh-"));
  await writeFile(join(kept, "0123456789ab.conf"), "of a version that told nobody that it lives");
  await mkdir(join(place, "ku-ssh-made by hand"));
  await writeFile(join(place, "ku-ssh-a1b2c3"), "");
  for (const name of [kept, join(place, "ku-ssh-made by hand")]) await utimes(name, yesterday, yesterday);
  expect(await removeLeftSocketFolders({ place })).toEqual([left]);
  expect(existsSync(join(kept, "0123456789ab.conf"))).toBe(true);
});

test("one that is just being made is left alone, and gone once nobody can be making it", async () => {
  const empty = await mkdtemp(join(place, "ku-ssh-"));
  expect(await removeLeftSocketFolders({ place })).toEqual([]);
  await utimes(empty, yesterday, yesterday);
  expect(await removeLeftSocketFolders({ place })).toEqual([empty]);
});
