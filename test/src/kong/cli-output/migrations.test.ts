import { describe, expect, test } from "vitest";
import { readMigrationsList } from "#src/kong/cli-output/migrations-list.ts";
import { readMigrationsRun } from "#src/kong/cli-output/migrations-run.ts";
import { readMigrationsStatus } from "#src/kong/cli-output/migrations-status.ts";
import { recorded, verbose } from "./recorded.ts";

describe("kong migrations list", () => {
  test.each([
    ["list-up-to-date-2.8.5", "up_to_date"],
    ["list-new-3.4.2", "new"],
    ["list-pending-3.4.2", "pending"],
    ["list-pending-and-new-3.4.2", "pending_and_new"],
    ["list-needs-bootstrap-2.8.5", "needs_bootstrap"],
    ["list-old-cli-on-newer-schema-2.8.5", "up_to_date"],
  ])("%s is read as %s, with and without --v", (name, state) => {
    expect(readMigrationsList(recorded(name))).toMatchObject({ kind: "read", migrations: { state } });
    expect(readMigrationsList(verbose(recorded(name)))).toStrictEqual(readMigrationsList(recorded(name)));
  });

  test("names are read per subsystem", () => {
    expect(readMigrationsList(recorded("list-pending-3.4.2"))).toMatchObject({
      migrations: {
        executed: { session: ["000_base_session", "001_add_ttl_index", "002_320_to_330"] },
        pending: { core: ["016_280_to_300"], "pre-function": ["001_280_to_300"] },
        new: {},
      },
    });
  });

  test.each([
    ["list-wrong-password-2.8.5", "authentication exchange unsuccessful"],
    ["list-server-down-2.8.5", "connection refused"],
    ["list-unknown-flag-2.8.5", "unrecognized parameter: nosuch"],
  ])("%s is a failure that says %s", (name, said) => {
    expect(readMigrationsList(recorded(name))).toMatchObject({
      kind: "failed",
      problem: expect.stringContaining(said),
    });
  });

  test("an exit code that contradicts the lists is a failure", () => {
    expect(readMigrationsList({ ...recorded("list-new-3.4.2"), exitCode: 0 })).toMatchObject({ kind: "failed" });
    expect(readMigrationsList({ ...recorded("list-up-to-date-2.8.5"), exitCode: undefined })).toMatchObject({
      kind: "failed",
    });
  });
});

describe("kong migrations status", () => {
  test.each([
    ["status-up-to-date-3.4.2", "up_to_date"],
    ["status-new-3.4.2", "new"],
    ["status-pending-3.4.2", "pending"],
    ["status-pending-and-new-3.4.2", "pending_and_new"],
    ["status-needs-bootstrap-3.4.2", "needs_bootstrap"],
  ])("%s is read as %s, with and without --v", (name, state) => {
    expect(readMigrationsStatus(recorded(name))).toMatchObject({ kind: "read", migrations: { state } });
    expect(readMigrationsStatus(verbose(recorded(name)))).toStrictEqual(readMigrationsStatus(recorded(name)));
  });

  test("list and status of the same state tell the same", () => {
    for (const state of ["new", "pending"]) {
      const list = readMigrationsList(recorded(`list-${state}-3.4.2`));
      expect(readMigrationsStatus(recorded(`status-${state}-3.4.2`))).toStrictEqual(list);
    }
  });

  test("the line about a new prefix around the JSON does no harm", () => {
    const { stdout, ...rest } = recorded("status-new-3.4.2");
    const line = "prefix directory /srv/kong not found, trying to create it";
    for (const text of [`${line}\n${stdout}`, `${stdout}\n${line}`]) {
      expect(readMigrationsStatus({ ...rest, stdout: text })).toMatchObject({ migrations: { state: "new" } });
    }
  });

  test("2.8 does not know it", () => {
    expect(readMigrationsStatus(recorded("status-unknown-2.8.5"))).toMatchObject({
      kind: "failed",
      problem: expect.stringContaining("No such command for migrations: status"),
    });
  });

  test("a cut-off answer is a failure", () => {
    const output = recorded("status-new-3.4.2");
    expect(readMigrationsStatus({ ...output, stdout: output.stdout.slice(0, 500) })).toMatchObject({ kind: "failed" });
  });
});

describe("kong migrations up and finish", () => {
  test.each([
    ["up-3.4.2", "migrated", 15],
    ["up-nothing-3.4.2", "nothing_to_do", 0],
    ["up-aborted-3.4.2", "aborted", 0],
    ["up-refused-pending-3.4.2", "failed", 0],
    ["up-lock-timeout-3.4.2", "failed", 0],
    ["up-db-timeout-3.4.2", "failed", 0],
    ["finish-3.4.2", "migrated", 4],
    ["finish-nothing-3.4.2", "nothing_to_do", 0],
    ["finish-before-up-3.4.2", "refused", 0],
    ["finish-aborted-3.4.2", "aborted", 0],
  ])("%s: %s, %i migrations", (name, outcome, count) => {
    const run = readMigrationsRun(recorded(name));
    expect({ outcome: run.outcome, count: run.migrated.length }).toStrictEqual({ outcome, count });
    expect(readMigrationsRun(verbose(recorded(name)))).toStrictEqual(run);
  });

  test("names say whether finish is outstanding", () => {
    const { migrated } = readMigrationsRun(recorded("up-3.4.2"));
    expect(migrated.filter((each) => each.state === "pending")).toStrictEqual([
      { subsystem: "core", name: "016_280_to_300", state: "pending" },
      { subsystem: "http-log", name: "001_280_to_300", state: "pending" },
      { subsystem: "post-function", name: "001_280_to_300", state: "pending" },
      { subsystem: "pre-function", name: "001_280_to_300", state: "pending" },
    ]);
  });

  test("what failed is said", () => {
    expect(readMigrationsRun(recorded("up-refused-pending-3.4.2")).said).toBe(
      "Database has pending migrations; run 'kong migrations finish'",
    );
  });

  test("a killed run says nothing about what it did", () => {
    expect(readMigrationsRun({ exitCode: undefined, stdout: "", stderr: "" })).toMatchObject({
      outcome: "interrupted",
    });
    expect(readMigrationsRun({ exitCode: 130, stdout: "", stderr: "" })).toMatchObject({ outcome: "interrupted" });
  });

  test("silence with exit status 0 is not taken for success", () => {
    expect(readMigrationsRun({ exitCode: 0, stdout: "", stderr: "" })).toMatchObject({ outcome: "failed" });
  });
});
