import { Client } from "pg";
import { expect, test } from "vitest";
import { checkDatabase } from "#src/doctor/check-database.ts";
import { checkPostgresQueue } from "#src/doctor/check-queue.ts";
import { examine } from "#src/doctor/examine.ts";
import { ok } from "#src/doctor/finding.ts";
import { openRecord } from "#src/record/record.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { createDatabase } from "#test/support/database.ts";
import { about, verdicts } from "./stage.ts";

const look = (url: string, now: () => number = Date.now) =>
  checkDatabase({ url, environments: ["practice"], isEmbedded: true, now });

async function sql(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

test("an empty database is told to be one, and stays empty", async () => {
  await using database = await createDatabase();
  const before = verdicts(await look(database.url));
  expect(before).toEqual(["ok database server", "ok clock this host and the database", "warning database schema"]);
  expect(verdicts(await checkPostgresQueue(database.url))).toEqual(["warning queue postgresql"]);
  expect(verdicts(await look(database.url))).toEqual(before);
});

test("a database that bot and runner use is whole; a runner that left, a trigger that was switched off and a newer schema are found", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const life = await record.registerRunner({
    id: "r1",
    environments: ["practice"],
    labels: {},
    host: "near-kong",
    pid: 1,
    version: "1",
  });
  const bell = await openDoorbell({ databaseUrl: database.url });
  await bell.close();
  expect(verdicts(await look(database.url))).toEqual([
    "ok database server",
    "ok clock this host and the database",
    "ok database migrations",
    "ok database append-only",
    "ok database role",
    "ok runners practice",
  ]);
  expect(verdicts(await checkPostgresQueue(database.url))).toEqual(["ok queue postgresql"]);

  await life[Symbol.asyncDispose]();
  await sql(database.url, "alter table kong_upgrade.event disable trigger event_is_append_only");
  await sql(database.url, "insert into kong_upgrade.migration (name, digest) values ('9999_future.sql', 'x')");
  const later = await look(database.url, () => Date.now() + 45_000);
  expect(verdicts(later).filter((line) => line.startsWith("failed"))).toEqual([
    "failed clock this host and the database",
    "failed database migrations",
    "failed database append-only",
    "failed runners practice",
  ]);
  expect(about(later, "practice")).toMatchObject({ seen: expect.stringContaining("r1 on near-kong was seen last") });
});

test("a role that lacks rights, and a superuser of a shared server, are named", async () => {
  await using database = await createDatabase();
  await using _record = await openRecord({ url: database.url });
  const role = `${database.name}_weak`;
  await sql(
    database.url,
    `create role ${role} login password 'weak'; grant usage on schema kong_upgrade to ${role};
    grant select on all tables in schema kong_upgrade to ${role}`,
  );
  try {
    const url = new URL(database.url);
    url.username = role;
    url.password = "weak";
    expect(about(await look(url.href), "role")).toMatchObject({
      verdict: "failed",
      seen: expect.stringContaining("insert on"),
    });
  } finally {
    await sql(database.url, `drop owned by ${role}; drop role ${role}`);
  }
  const shared = await checkDatabase({ url: database.url, environments: [], isEmbedded: false, now: Date.now });
  expect(about(shared, "role")).toMatchObject({ verdict: "warning", seen: expect.stringContaining("superuser") });
});

test("a look that throws or never answers becomes a failed line, and hides no other", async () => {
  const subject = (name: string) => ({ area: "tools", subject: name, fix: "look at it" }) as const;
  const findings = await examine([
    { ...subject("silent"), timeoutMs: 20, look: () => new Promise<never>(() => undefined) },
    { ...subject("broken"), look: () => Promise.reject(new Error("no such file")) },
    { ...subject("whole"), look: async () => [ok({ area: "tools", subject: "whole" }, "1.0")] },
  ]);
  expect(findings).toEqual([
    { area: "tools", subject: "silent", verdict: "failed", seen: "no answer within 0.02 s", fix: "look at it" },
    { area: "tools", subject: "broken", verdict: "failed", seen: "no such file", fix: "look at it" },
    { area: "tools", subject: "whole", verdict: "ok", seen: "1.0" },
  ]);
});
