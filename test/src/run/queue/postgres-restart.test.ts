import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instantOf } from "#src/kernel/instant.ts";
import type { Doorbell, Job } from "#src/run/queue/doorbell.ts";
import { signRing } from "#src/signing/ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { openOne, ringFor } from "#test/src/run/queue-conformance.ts";
import { setStage } from "#test/src/run/runner-stage.ts";
import { createStep, present, shell } from "#test/src/run/stage.ts";
import { startPostgres } from "#test/chaos/world/servers.ts";
import type { PostgresServer } from "#test/chaos/world/servers.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** A server of this file's own, because it is killed: SIGKILL to all its processes, and it comes back by itself. */
let server: PostgresServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kong-upgrade-restart-"));
  server = await startPostgres(folder);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const each of [folder, server.dataDir])
    await rm(each, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

let databases = 0;

async function createOwn(): Promise<string> {
  databases += 1;
  const client = new Client({ connectionString: server.urlOf("postgres") });
  await client.connect();
  await client.query(`create database restart_${databases}`);
  await client.end();
  return server.urlOf(`restart_${databases}`);
}

/** Rings until the queue takes it: while the server is away nobody waits for long. */
async function ringAgain(bell: Doorbell, ...[environment, id, ring]: Parameters<Doorbell["ring"]>): Promise<void> {
  await waitUntil("the queue to take a ring", () =>
    bell.ring(environment, id, ring).then(
      () => true,
      () => false,
    ),
  );
}

test("rings that wait, for now and for later, survive a killed server, and each is heard once", async () => {
  const databaseUrl = await createOwn();
  await using bell = await openOne({ databaseUrl });
  const heard: Job[] = [];
  await using _here = await bell.attend(["here"], (job) => heard.push(job));
  await bell.ring("here", "KU-2026-0001", ringFor("here", "KU-2026-0001"));
  await waitUntil("a ring before", () => heard.length === 1);
  await bell.ring("waiting", "KU-2026-0002", ringFor("waiting", "KU-2026-0002"));
  await bell.ringAt(instantOf(Date.now() + 3_000), "waiting", "KU-2026-0003", ringFor("waiting", "KU-2026-0003"));

  await server.kill();

  // Whoever attended before hears again, and what was heard is not heard anew.
  await ringAgain(bell, "here", "KU-2026-0004", ringFor("here", "KU-2026-0004"));
  await waitUntil("a ring after", () => heard.length === 2);
  await using _waiting = await bell.attend(["waiting"], (job) => heard.push(job));
  await waitUntil("the rings that waited", () => heard.length === 4);
  await ringAgain(bell, "waiting", "KU-2026-0005", ringFor("waiting", "KU-2026-0005"));
  await waitUntil("one more", () => heard.length === 5);
  const order = ["1", "4", "2", "3", "5"] as const;
  expect(heard.map(({ data }) => data)).toEqual(
    order.map((number, at) => ringFor(at < 2 ? "here" : "waiting", `KU-2026-000${number}`)),
  );
});

test("a server that is killed while a step runs costs nothing: it is reported, the next one starts, and each ran once", async () => {
  const key = generateKey();
  await using stage = await setStage(
    (there) => [
      createStep({
        id: "first",
        action: {
          kind: "commands",
          commands: [shell(`echo x >> ${there}/first; until [ -f ${there}/go ]; do sleep 0.05; done`)],
        },
        proof: [present(`${there}/first`)],
      }),
      createStep({
        id: "second",
        action: { kind: "commands", commands: [shell(`echo x >> ${there}/second`)] },
        proof: [present(`${there}/second`)],
      }),
    ],
    {},
    await createOwn(),
  );
  await using bell = await openOne({ databaseUrl: stage.databaseUrl });
  const { name } = stage.environment;
  const ring = async () => signRing({ environment: name, upgradeId: stage.id, at: instantOf(Date.now()) }, key);
  await stage.start({ doorbell: bell, publicKeys: [key.publicKey] });
  await stage.start({
    doorbell: bell,
    publicKeys: [key.publicKey],
    runnerId: "runner-2",
    dataDir: `${stage.folder}/2`,
  });
  await waitUntil("the step to run", () => existsSync(join(stage.folder, "first")));
  await bell.ring(name, stage.id, await ring());

  await server.kill();

  await ringAgain(bell, name, stage.id, await ring());
  await writeFile(join(stage.folder, "go"), "");
  await stage.until("second", "done");
  for (const each of ["first", "second"]) expect(await readFile(join(stage.folder, each), "utf8")).toBe("x\n");
});
