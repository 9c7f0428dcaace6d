import { describe, expect, test } from "vitest";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { describeDoorbell, openOne } from "#test/src/run/queue-conformance.ts";
import { createDatabase } from "#test/support/database.ts";

describe("the doorbell on PostgreSQL", () => {
  describeDoorbell(async () => {
    const database = await createDatabase();
    return {
      address: [database.url, ""],
      openDoorbell: (over) => openOne({ databaseUrl: database.url, ...over }),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  });

  test("a server that does not answer is named with what to do", async () => {
    await expect(openDoorbell({ databaseUrl: "postgres://nobody@127.0.0.1:1/none" })).rejects.toThrow(
      /job queue on PostgreSQL cannot be opened.*check that the server runs/u,
    );
  });
});
