import { expect, test } from "vitest";
import { cancellingOf } from "#src/plan/cancelling.ts";
import { hookOf } from "#src/plan/hook-of.ts";
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
