import { expect, test } from "vitest";
import { cancellingOf } from "#src/plan/cancelling.ts";
import { asDeclared, hookOf, proofOf } from "#src/plan/hook-of.ts";
import { withTimeLimit } from "#src/plan/step-kinds.ts";
import { hookCommands } from "#src/plan/steps/hook-command.ts";
import { createEnvironment, createStep } from "#test/src/run/stage.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Action, Step } from "#src/plan/step.ts";

const commands: Action = {
  kind: "commands",
  commands: [{ target: "runner", argv: ["work"], env: {}, secrets: {} }],
};
const soak: Action = {
  kind: "soak",
  durationMs: 1,
  sampleEveryMs: 1,
  maxErrorRateIncrease: 0,
  smokeTests: [],
};
const hook = { argv: ["lb"], timeoutMs: 1_000 };

function cancelling(id: string, action: Action = commands, hooks: Environment["hooks"] = {}) {
  return cancellingOf({ id, action, proof: [{ kind: "archive_readable", file: "/backup/kong.dump" }] }, hooks);
}

test.each([
  ["soak", soak, /only looks/u],
  ["verify", { kind: "check" }, /only looks/u],
  ["baseline", { kind: "baseline" }, /only looks/u],
  ["green-fingerprint-after-up", { kind: "fingerprint" }, /only looks/u],
  ["backup-database", commands, /incomplete dump may lie at \/backup\/kong\.dump/u],
  ["backup-files", commands, /Incomplete files may lie/u],
  ["drain-batch-3", commands, /out of traffic already/u],
  ["back-drain-batch-1", commands, /out of traffic already/u],
  ["green-check-configuration", commands, /only reads/u],
] as const satisfies readonly (readonly [string, Action, RegExp])[])(
  "%s can be cancelled, and says what it leaves",
  (id, action, leaves) => {
    expect(cancelling(id, action)).toMatchObject({ kind: "possible", leaves: expect.stringMatching(leaves) });
  },
);

test.each([
  ["migrations-up", /several transactions/u],
  ["migrations-finish", /several transactions/u],
  ["green-migrations-bootstrap", /several transactions/u],
  ["helm-finish", /several transactions/u],
  ["back-restore-database", /partly restored/u],
  ["green-restore-database", /partly restored/u],
  ["copy-restore", /partly restored/u],
  ["upgrade-proxy", /pending/u],
  ["back-rollback-admin", /pending/u],
  ["stop-kong-1", /goes on stopping/u],
  ["start-kong-1", /come up all the same/u],
  ["prove-backup", /Nobody can say/u],
  ["set-aside-database", /Nobody can say/u],
] as const)("%s is never cancelled, and says why and what to do instead", (id, why) => {
  expect(cancelling(id)).toMatchObject({
    kind: "impossible",
    why: expect.stringMatching(why),
    instead: expect.stringContaining("/kong-upgrade pause"),
  });
});

test("a request to the Admin API is never cancelled", () => {
  const action: Action = {
    kind: "request",
    node: "kong-1",
    method: "POST",
    path: "/licenses",
    body: {},
    secretFields: {},
    expectStatus: [201],
  };
  expect(cancelling("licence", action).kind).toBe("impossible");
});

test.each([
  ["drain-batch-1", "drain"],
  ["install-batch-2", "install"],
  ["shift-10", "shiftTraffic"],
  ["decommission", "decommission"],
] as const)("a hook of %s is cancelled only where it declares it", (id, name) => {
  expect(cancelling(id, commands, { [name]: hook })).toMatchObject({
    kind: "impossible",
    why: expect.stringContaining("`cancel: true`"),
  });
  expect(cancelling(id, commands, { [name]: { ...hook, canBeCancelled: true } })).toMatchObject({ kind: "possible" });
});

test("a step that a person does runs no hook although the site has one", () => {
  const byHand: Pick<Step, "id" | "action"> = {
    id: "drain-batch-1",
    action: { kind: "manual", instruction: "do it", button: "done" },
  };
  expect(hookOf(byHand, { drain: hook })).toBeUndefined();
});

test("a command of the site may run twice only where it declares it; other steps are as the plan says", () => {
  const step = { id: "install-batch-1", action: commands, isIdempotent: true };
  expect(asDeclared(step, { install: hook }).isIdempotent).toBe(false);
  expect(asDeclared(step, { install: { ...hook, isIdempotent: true } }).isIdempotent).toBe(true);
  expect(asDeclared({ ...step, isIdempotent: false }, { install: { ...hook, isIdempotent: true } }).isIdempotent).toBe(
    false,
  );
  expect(asDeclared(step, { drain: hook })).toBe(step);
});

test("the probe of a hook is filled in like the hook, and becomes part of the proof of its step", () => {
  const probe = { argv: ["is-there", "{node}", "{version}"], timeoutMs: 3_000 };
  const versions = { version: "3.4.2", from: "2.8.5" };
  const environment = createEnvironment("postgres://user:password@127.0.0.1:1/none");
  const nodes = ["a", "b"];
  const [first, second] = hookCommands(
    { argv: ["put", "{node}"], timeoutMs: 1, probe },
    { environment, nodes },
    versions,
  );
  if (first === undefined || second === undefined) throw new Error("no commands");
  const step = { proof: [], action: { kind: "commands", commands: [first, second] } } as const;
  expect(proofOf(step)).toEqual([
    { kind: "hook_done", look: { target: "a", argv: ["is-there", "a", "3.4.2"] }, timeoutMs: 3_000 },
    { kind: "hook_done", look: { target: "b", argv: ["is-there", "b", "3.4.2"] }, timeoutMs: 3_000 },
  ]);
  // A hook without one makes the command that it always made, so that plans from before keep their digest.
  expect(Object.keys(hookCommands(hook, { environment, nodes }, versions)[0] ?? {})).toEqual([
    "target",
    "argv",
    "env",
    "secrets",
  ]);
});

test("a kind of step has the time limit that the site gives it", () => {
  const environment = createEnvironment("postgres://user:password@127.0.0.1:1/none");
  const timeouts = { ...environment.timeouts, steps: { install: 77_000 } };
  const limited = { ...environment, timeouts };
  expect(withTimeLimit(createStep({ id: "install-batch-2" }), limited).timeoutMs).toBe(77_000);
  expect(withTimeLimit(createStep({ id: "back-install" }), limited).timeoutMs).toBe(77_000);
  const other = createStep({ id: "stop-kong-1" });
  expect(withTimeLimit(other, limited)).toBe(other);
});
