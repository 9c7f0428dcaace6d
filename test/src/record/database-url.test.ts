import { Client } from "pg";
import { expect, test } from "vitest";
import { openPool, openSession } from "#src/record/database.ts";

const mistakes = [
  "postgres://kong:pa/se#cret@db.internal:5432/record",
  "postgres://kong:pa?secret@db.internal/record",
  "mysql://kong:secret@db.internal/record",
  "kong:secret@db.internal/record",
  "host=db.internal password=secret",
];

test.each(mistakes)("an address that cannot be meant is told with what to write, and never shown: %s", async (url) => {
  const said = expect.objectContaining({
    name: "AppError",
    code: "config_invalid",
    message: expect.stringMatching(/^DATABASE_URL .*postgres:\/\/.*%2F(?!.*se#?cret)/u),
  });
  await expect(openSession(url)).rejects.toEqual(said);
  expect(() => openPool(url)).toThrow(said);
});

test.each([
  "postgres://kong:secret@db.internal:5432/record",
  "postgresql://kong:pa%2Fss@db.internal/record?sslmode=require",
  "postgres://kong@%2Fvar%2Frun%2Fpostgresql/record",
  "postgres:///record?host=/var/run/postgresql",
  "postgres://kong:secret@/record?host=/var/run/postgresql",
  "postgres://kong:100%secret@db.internal/record",
  "socket:/var/run/postgresql?db=record",
  "/var/run/postgresql record",
])("an address in a form that is known is taken: %s", async (url) => {
  const pool = openPool(url);
  expect(() => new Client({ connectionString: url })).not.toThrow();
  await pool.end();
});
