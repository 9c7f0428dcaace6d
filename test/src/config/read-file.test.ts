import fc from "fast-check";
import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import { readConfigFile } from "#src/config/read-file.ts";
import { complaintsAbout, environmentOf, sampleFile } from "./config-sample.ts";

test("what is not written gets the documented default", () => {
  expect(environmentOf(sampleFile())).toMatchObject({
    name: "prod",
    edition: "oss",
    topology: "traditional",
    backupDir: "/var/backups",
    database: { host: "db", port: 5432, name: "kong", user: "kong", admin: { user: "kong", database: "postgres" } },
    nodes: [{ name: "kong-1", kong: "/usr/local/bin/kong", conf: "/etc/kong/kong.conf", prefix: "/usr/local/kong" }],
    soak: { durationMs: 600_000, sampleEveryMs: 10_000, maxErrorRateIncrease: 0.01 },
    timeouts: { migrationsMs: 600_000, backupMs: 1_800_000, commandMs: 120_000 },
    policies: {
      irreversible: quorumPolicy({
        users: ["U0CAROL01", "U0ERIN001"],
        groups: [],
        quorum: 2,
        expiresAfterMs: 14_400_000,
      }),
    },
    operators: { users: [], groups: [] },
    hooks: {},
  });
});

test("durations are read with their units", () => {
  const { soak, timeouts } = environmentOf(
    sampleFile("soak: { duration: 1.5h, sample_every: 250ms }", "timeouts: { migrations: 1d, command: 45s }"),
  );
  expect(soak).toMatchObject({ durationMs: 5_400_000, sampleEveryMs: 250 });
  expect(timeouts).toMatchObject({ migrationsMs: 86_400_000, commandMs: 45_000 });
});

test.each(["0s", "soon", "10", "-5m", "30d", "1e9h"])("%s is no duration that a timer can keep", (text) => {
  expect(complaintsAbout(sampleFile(`timeouts: { backup: "${text}" }`))).toMatchObject([
    { path: "environments.prod.timeouts.backup", line: 9, message: expect.stringContaining("expected a duration") },
  ]);
});

test("all mistakes are told at once, in the order of the file, each with path, line and what to write", () => {
  const text = `version: 2
teem: T0ACME001
environments:
  Prod:
    channel: general
    database: { host: 1, pasword: x }
    nodes: []
    backup_dir: backups
    topology: mesh
    policies: { irreversible: { users: [bob], quorum: 0 } }
  stage:
    channel: C0STAGE
    nodes: [{ name: a, admin: "ftp://x", proxy: nope }, { name: a, admin: "http://a", proxy: "http://a" }]
    smoke_tests: [{ name: "", path: orders, expect: 20, method: BREW }]
    backup_dir: /x
    policies: { irreversible: {} }
  twin:
    channel: C0STAGE
    backup_dir: /x
`;
  const lines = complaintsAbout(text).map(({ path, line, message }) => `${line} ${path}: ${message}`);
  expect(lines).toEqual([
    "1 version: write 1",
    "2 teem: unknown key “teem”",
    "5 environments.Prod.channel: expected a Slack channel id such as C0PRACTCE",
    "5 environments.Prod: expected a name of lower-case letters, digits and dashes, at most 40 characters",
    "6 environments.Prod.database.host: expected a text (in quotes, where it looks like a number)",
    "6 environments.Prod.database.pasword: unknown key “pasword”",
    "8 environments.Prod.backup_dir: expected an absolute path, one that begins with /",
    "9 environments.Prod.topology: write traditional or hybrid or dbless or kubernetes",
    "10 environments.Prod.policies.irreversible.users.0: expected a Slack user id such as U0ALICE01",
    "10 environments.Prod.policies.irreversible.quorum: expected at least 1",
    "12 environments.stage.database: is missing; every node of a traditional topology shares a database",
    "13 environments.stage.nodes.0.admin: expected an address such as http://10.0.0.11:8001",
    "13 environments.stage.nodes.0.proxy: expected an address such as http://10.0.0.11:8001",
    "13 environments.stage.nodes.1.name: another node has this name; give every node its own",
    "14 environments.stage.smoke_tests.0.name: expected at least 1 character",
    "14 environments.stage.smoke_tests.0.method: write GET or HEAD or POST or PUT or DELETE or OPTIONS",
    "14 environments.stage.smoke_tests.0.path: expected a path that begins with /",
    "14 environments.stage.smoke_tests.0.expect: expected at least 100",
    "16 environments.stage.policies.irreversible: expected at least one of any_of, users or groups",
    "18 environments.twin.policies: is missing; expected keys and values",
    "18 environments.twin.channel: the channel already belongs to stage; give every environment its own",
    "18 environments.twin.database: is missing; every node of a traditional topology shares a database",
    "18 environments.twin.nodes: is missing; name at least one node",
  ]);
});

test.each([
  ["", "expected keys and values"],
  ["- a", "expected keys and values"],
  ["version: 1", "is missing; expected keys and values"],
  ["version: 1\nenvironments: {}", "expected at least one environment"],
  ["a: [", "not YAML: the indentation does not fit, or a bracket is not closed"],
  ["version: 1\nversion: 1", "not YAML: the same key is written twice"],
  ["--- \na: 1\n---\nb: 2", "not YAML: the file holds more than one document; remove the line ---"],
  ["a: !!js/function x", "not YAML: a text that begins with ! must be in quotes; tags are not allowed"],
  ["a:\n\tb: 1", "not YAML: tabs may not indent; use spaces"],
])("%j is answered with %s", (text, message) => {
  expect(complaintsAbout(text).map((complaint) => complaint.message)).toContain(message);
});

test.each([
  'password: "hunter2"',
  "password: hunter2",
  "password: *hunter2",
  "password: !hunter2 x",
  "password: @hunter2",
  'password: "hunter2\\q"',
  "password: [hunter2, hunter2",
  "password: { env: KONG_PG_PASSWORD, file: hunter2 }",
  "password: { env: 4, hunter: hunter2 }",
])("no complaint repeats a value, which may be a secret: %s", (line) => {
  const text = sampleFile().replace("database: { host: db }", `database:\n      host: db\n      ${line}`);
  const complaints = complaintsAbout(text);
  expect(complaints).not.toEqual([]);
  expect(JSON.stringify(complaints)).not.toContain("hunter2");
});

test("a file that multiplies itself by aliases, nests without end or is huge is refused quickly", () => {
  const rungs = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? "a0: &a0 [x]" : `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`,
  );
  const startedAt = performance.now();
  expect(complaintsAbout(rungs.join("\n"))).toMatchObject([{ message: expect.stringContaining("multiply") }]);
  expect(complaintsAbout("x: 1 # ".padEnd(1_000_001, "x"))).toMatchObject([
    { message: "the file is larger than 1000000 bytes" },
  ]);
  const nested = complaintsAbout(`a: ${"[".repeat(20_000)}`);
  expect(nested).not.toEqual([]);
  expect(nested.length).toBeLessThanOrEqual(101);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("hundreds of mistakes are cut at a hundred, with the number of the rest", () => {
  const unknown = Array.from({ length: 150 }, (_, index) => `unknown_${index}: 1`);
  const complaints = complaintsAbout(sampleFile(...unknown));
  expect(complaints).toHaveLength(101);
  expect(complaints.at(-1)?.message).toBe("and 50 more mistakes");
});

test("any text gets an answer: environments or complaints, never an exception", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc
          .array(
            fc.constantFrom(
              "a: ",
              "- ",
              "{",
              "}",
              "[",
              "]",
              "&a ",
              "*a",
              "!t ",
              "|\n",
              "'",
              '"',
              "\n",
              "  ",
              "? ",
              "<<: ",
              "#",
            ),
          )
          .map((parts) => parts.join("")),
        fc.json().map((value) => `version: 1\nenvironments: ${value}`),
      ),
      (text) => {
        const read = readConfigFile(text);
        expect(read.ok || read.problem.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
