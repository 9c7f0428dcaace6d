import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { expect, test } from "vitest";
import { z } from "zod";
import { exportRecord } from "#src/record/export.ts";
import type { Job } from "#src/run/queue/doorbell.ts";
import { signRing } from "#src/signing/ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import { openOne } from "#test/src/run/queue-conformance.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { hasRedis, startRedis } from "./redis-server.ts";
import { setStage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

/** Found nowhere else; each class of secret has its own, so that a leak names its class. */
const canaryOf = (name: string): string => `c4n4ry9${name}Qz7Yb3Kx5Wv1`;
const configured = canaryOf("configured");

/** What a program might print, with the canary of its class in it. */
const printed: Readonly<Record<string, (canary: string) => string>> = {
  variable: (canary) => `KONG_PG_PASSWORD=${canary}`,
  export: (canary) => `export VAULT_TOKEN='${canary}'`,
  address: (canary) => `connecting to postgres://kong:${canary}@127.0.0.1:5432/kong`,
  headerbearer: (canary) => `> Authorization: Bearer ${canary}`,
  headerkong: (canary) => `Kong-Admin-Token: ${canary}`,
  cookie: (canary) => `Set-Cookie: admin_session=${canary}; HttpOnly`,
  json: (canary) => `{"name":"x","config":{"client_secret":"${canary}"}}`,
  escapedjson: (canary) => String.raw`{\"client_secret\":\"${canary}\"}`,
  jsonbelow: (canary) => `{ "password":\n    "${canary}" }`,
  yaml: (canary) => `admin_password: |\n  ${canary}\n  ${canary}`,
  pem: (canary) => `-----BEGIN PRIVATE KEY-----\n${canary}\n${canary}\n-----END PRIVATE KEY-----`,
  pemindented: (canary) => `    -----BEGIN RSA PRIVATE KEY-----\n    ${canary}\n    -----END RSA PRIVATE KEY-----`,
  pemescaped: (canary) => String.raw`"-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n"`,
  licence: (canary) => `{"license":{"payload":{"customer":"${canary}"},"signature":"${canary}"}}`,
  licencelines: (canary) => `{\n  "license":\n  {\n    "payload": { "customer": "${canary}" }\n  }\n}`,
  jwt: (canary) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${canary}`,
  slack: (canary) => `xoxb-1234-${canary}`,
  konnect: (canary) => `kpat_${canary}`,
  flag: (canary) => `running: deck sync --headers-token ${canary}`,
  colours: (canary) => `pass\u001b[1mword=\u001b[31m${canary}`,
  longline: (canary) => `${"x".repeat(16_380)} password=${canary}`,
};

const forms: Readonly<Record<string, string>> = {
  plain: configured,
  capitals: configured.toUpperCase(),
  base64: Buffer.from(configured).toString("base64"),
  base64within: Buffer.from(`kong:${configured}`).toString("base64"),
  hexadecimal: Buffer.from(configured).toString("hex"),
};

test("T34: no class of secret that a step prints reaches database, queue, log, Slack, record or the runner's disk", async () => {
  const lines = Object.entries(printed).map(([name, line]) => line(canaryOf(name)));
  const text = [...lines, ...Object.values(forms).map((form) => `told ${form} here`), "the end"].join("\n");
  // The text comes out of a file, because a plan holds no secret.
  await using stage = await setStage((folder) => {
    const talk = `cat ${folder}/text; cat ${folder}/text >&2`;
    return [
      createStep({
        id: "talk",
        action: { kind: "commands", commands: [shell(talk)] },
        proof: [present(`${folder}/text`)],
      }),
      createStep({
        id: "fail",
        action: { kind: "commands", commands: [shell(`${talk}; echo "error: $(cat ${folder}/secret)" >&2; exit 1`)] },
        proof: [present(`${folder}/none`)],
      }),
    ];
  });
  await writeFile(join(stage.folder, "text"), `${text}\n`);
  await writeFile(join(stage.folder, "secret"), configured);
  const key = generateKey();
  await using bell = await openOne({ databaseUrl: stage.databaseUrl });
  const ring = { environment: stage.environment.name, upgradeId: stage.id, at: await stage.record.now() };
  await bell.ring(ring.environment, stage.id, signRing(ring, key));
  await using redis = hasRedis ? await openRedisQueue(signRing(ring, key)) : undefined;
  const logged: string[] = [];
  const note = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
  await stage.start({
    doorbell: {
      attend: async (environments, onJob: (job: Job) => void) => {
        await using both = new AsyncDisposableStack();
        both.use(await bell.attend(environments, onJob));
        if (redis !== undefined) both.use(await redis.bell.attend(environments, onJob));
        return both.move();
      },
    },
    publicKeys: [key.publicKey],
    log: { info: note, warn: note, error: note },
    resolveSecret: async () => configured,
  });
  await stage.until("talk", "done");
  await stage.until("fail", "failed");

  const events = await stage.record.events(stage.id, 0);
  const places: Readonly<Record<string, string>> = {
    ...(await everyTable(stage.databaseUrl)),
    log: logged.join("\n"),
    slack: JSON.stringify(desiredPosts(events, { person: (userId) => userId, group: (groupId) => groupId })),
    record: Object.values(exportRecord(events, [], [key.publicKey])).join("\n"),
    disk: await waitUntil("the disk to be read", () => everyFile(join(stage.folder, "data"))),
    ...(await redis?.places()),
  };
  // Where there is a Redis, that is where they lie.
  expect(places["redis"] ?? "kong-upgrade-unattended").toContain("kong-upgrade-unattended");
  expect(places["redis commands"] ?? ring.environment).toContain(ring.environment);
  expect(places["kong_upgrade.output_chunk"]).toContain("the end");
  expect(places["kong_upgrade_queue.job"] ?? places["kong_upgrade_queue.event"]).toBeDefined();
  // Its beginning is not of the secret.
  const base64within = forms["base64within"]?.slice(8) ?? "";
  const wanted = {
    ...forms,
    base64within,
    ...Object.fromEntries(Object.keys(printed).map((name) => [name, canaryOf(name)])),
  };
  const leaks = Object.entries(wanted).flatMap(([name, canary]) =>
    Object.entries(places).flatMap(([place, content]) => (content.includes(canary) ? [`${name} in ${place}`] : [])),
  );
  expect(leaks).toEqual([]);
});

/** All rows of all tables of the record and the queue, as text. */
async function everyTable(url: string): Promise<Record<string, string>> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(
      "select schemaname, tablename from pg_tables where schemaname like 'kong_upgrade%'",
    );
    const tables = z.array(z.object({ schemaname: z.string(), tablename: z.string() })).parse(rows);
    const contents: Record<string, string> = {};
    for (const { schemaname, tablename } of tables) {
      const all = await client.query(`select row_to_json(each)::text as row from ${schemaname}.${tablename} as each`);
      contents[`${schemaname}.${tablename}`] = JSON.stringify(all.rows);
    }
    return contents;
  } finally {
    await client.end();
  }
}

/** Undefined where the runner, which tidies up after a result, took a file away meanwhile. */
async function everyFile(folder: string): Promise<string | undefined> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A queue on a real Redis that holds a ring for the runner and one that nobody hears. */
async function openRedisQueue(ring: ReturnType<typeof signRing>) {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startRedis());
  const client = stack.adopt(new Redis(server.url), (each) => each.disconnect());
  const listening = stack.adopt(await client.monitor(), (each) => each.disconnect());
  const commands: string[] = [];
  listening.on("monitor", (_time: string, words: readonly string[]) => commands.push(words.join(" ")));
  const bell = stack.use(await openOne({ databaseUrl: "postgres://unused", redisUrl: server.url }));
  for (const environment of ["practice", "unattended"]) await bell.ring(environment, "KU-2026-0001", ring);
  const owned = stack.move();
  return {
    bell,
    /** What lies there now, and every command that was sent to it. */
    places: async () => ({ redis: await everyKey(client), "redis commands": commands.join("\n") }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** All keys of a Redis with their values, as text. */
async function everyKey(client: Redis): Promise<string> {
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => client.get(key),
    hash: (key) => client.hgetall(key),
    list: (key) => client.lrange(key, 0, -1),
    set: (key) => client.smembers(key),
    zset: (key) => client.zrange(key, "0", "-1", "WITHSCORES"),
    stream: (key) => client.xrange(key, "-", "+"),
  };
  const lines: string[] = [];
  for (const key of await client.keys("*")) {
    const type = await client.type(key);
    const reading = read[type];
    if (reading === undefined) throw new Error(`${key} is of type ${type}, which nobody reads`);
    lines.push(`${key} ${JSON.stringify(await reading(key))}`);
  }
  return lines.join("\n");
}
