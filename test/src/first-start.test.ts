import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const program = join(import.meta.dirname, "..", "..", "src", "main.ts");

/** As a busy disk does: what is to be kept takes a while, in which the process does nothing else. */
const slowDisk = `data:text/javascript,${encodeURIComponent(`
  import module, { syncBuiltinESMExports } from "node:module";
  const { flushCompileCache } = module;
  module.flushCompileCache = () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    flushCompileCache();
  };
  syncBuiltinESMExports();
`)}`;

/** Nothing of it is ever reached. */
const config = `version: 1
environments:
  practice:
    channel: C0PRACTCE
    database: { host: 127.0.0.1, port: 1 }
    nodes:
      - { name: kong-1, kong: /nonexistent/kong, admin: "http://127.0.0.1:1", proxy: "http://127.0.0.1:1" }
    backup_dir: /nonexistent
    policies: { irreversible: { users: [U0CAROL01] } }
`;

test("the first start keeps what was compiled before anybody can expect an answer: writing it takes seconds, in which nobody is heard", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-first-start-"));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  const database = stack.use(await createDatabase());
  const record = stack.use(await openRecord({ url: database.url }));
  const at = (name: string): string => join(folder, name);
  await writeFile(at("kong-upgrade.yml"), config);
  await writeFile(at("keys.pem"), publicKeyPem(generateKey().publicKey));

  const child = execa(process.execPath, ["--import", slowDisk, program, "runner", "--environment", "practice"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      NODE_COMPILE_CACHE: at("kept"),
      DATABASE_URL: database.url,
      KONG_UPGRADE_CONFIG: at("kong-upgrade.yml"),
      KONG_UPGRADE_DATA: at("data"),
      KONG_UPGRADE_PUBLIC_KEYS: at("keys.pem"),
    },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  stack.defer(() => void child.kill("SIGKILL"));
  await waitUntil("the runner to be registered", async () => (await record.runners()).length > 0);
  const kept = countFiles(at("kept"));
  child.kill("SIGTERM");
  await child;

  expect(kept).toBeGreaterThan(200);
  expect(kept / countFiles(at("kept"))).toBeGreaterThan(0.8);
});

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
