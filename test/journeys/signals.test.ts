import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { compileCache } from "#practice/world/compile-cache.ts";
import { readEnvironments } from "#src/config/settings.ts";
import { openRecord } from "#src/record/record.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { createDatabase } from "#test/support/database.ts";
import { request } from "#test/support/given.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const program = join(import.meta.dirname, "..", "..", "bin", "kong-upgrade.js");

/** One node whose `kong` says that it was started, and then nothing for a minute. */
const config = (folder: string): string => `version: 1
environments:
  practice:
    channel: C0PRACTCE
    database: { host: 127.0.0.1, port: 1 }
    nodes:
      - { name: kong-1, kong: ${folder}/kong, admin: "http://127.0.0.1:1", proxy: "http://127.0.0.1:1" }
    backup_dir: /nonexistent
    policies: { irreversible: { users: [U0CAROL01] } }
    runner: { labels: { zone: eu } }
`;

test("SIGTERM lets a runner finish while it is shown as draining; the second one ends it at once, with what started it", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-signals-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  const database = stack.use(await createDatabase());
  const record = stack.use(await openRecord({ url: database.url }));
  await writeFile(join(folder, "kong-upgrade.yml"), config(folder));
  await writeFile(join(folder, "kong"), `#!/bin/sh\ntouch ${folder}/started\nexec sleep 60\n`);
  await chmod(join(folder, "kong"), 0o755);
  await writeFile(join(folder, "keys.pem"), publicKeyPem(generateKey().publicKey));
  const [environment] = await readEnvironments(join(folder, "kong-upgrade.yml"));
  if (environment === undefined) throw new Error("the configuration has an environment");

  const child = execa(process.execPath, [program, "runner", "--environment", "practice", "--label", "zone=eu"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      NODE_COMPILE_CACHE: compileCache,
      DATABASE_URL: database.url,
      KONG_UPGRADE_CONFIG: join(folder, "kong-upgrade.yml"),
      KONG_UPGRADE_DATA: join(folder, "data"),
      KONG_UPGRADE_PUBLIC_KEYS: join(folder, "keys.pem"),
    },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  stack.defer(() => void child.kill("SIGKILL"));
  const ended = { isSo: false };
  const end = child.then((result) => {
    ended.isSo = true;
    return result;
  });
  const asked = await record.request({ ...request, environment }, { kind: "bot", replica: "test" });
  expect(asked.ok).toBe(true);
  await waitUntil("the survey to begin", () => existsSync(`${folder}/started`));
  expect(await record.runners()).toMatchObject([{ isAlive: true, isDraining: false, labels: { zone: "eu" } }]);

  child.kill("SIGTERM");
  await waitUntil("the draining", async () => (await record.runners()).some((each) => each.isAlive && each.isDraining));
  expect(ended.isSo).toBe(false);
  // What follows within a blink is taken for the same signal that came by two ways. A process that is all but gone has
  // no ear for signals any more, and would be ended by one: none is sent once the second was heard.
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await waitUntil("the second signal to be heard", () => {
    const isHeard = said.includes("a second signal: ending at once, whatever runs");
    if (!isHeard) child.kill("SIGTERM");
    return isHeard;
  });
  const { exitCode } = await end;
  expect(exitCode).toBe(1);
  await waitUntil("the lock to be free", async () => (await record.runners()).every((each) => !each.isAlive));
});
