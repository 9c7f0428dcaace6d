import { expect, test } from "vitest";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { id, started } from "#test/support/given.ts";
import type { Execution } from "#test/chaos/world/executions.ts";
import { judgeExecutions } from "./executions.ts";

/** A record in which `kong migrations finish` was approved and done, and what was executed for its steps. */
function given(change: (events: readonly UpgradeEvent[]) => readonly UpgradeEvent[] = (events) => events) {
  const story = started().runUntilIrreversible();
  while (story.active.forward.steps.get("migrations-finish")?.kind !== "done") story.advance();
  const { plan } = story.active.forward;
  const done = plan.steps.filter((step) => story.active.forward.steps.get(step.id)?.kind === "done");
  const executions = done.flatMap(({ id: stepId, action }): readonly Execution[] =>
    action.kind !== "commands"
      ? []
      : action.commands.map(({ argv }) => ({
          pid: 1,
          attempt: { database: "127.0.0.1:5432/kong", upgradeId: id, stepId, number: 1 },
          atMs: epochMsOf(story.now),
          program: argv[0] ?? "",
          words: argv.slice(1).join(" "),
        })),
  );
  const finish = executions.find(({ attempt }) => attempt?.stepId === "migrations-finish");
  if (finish === undefined) throw new Error("finish was not executed");
  return {
    executions,
    finish,
    records: [{ id, events: change(story.events).map((event) => ({ event, at: story.now })) }],
  };
}

const without = (type: UpgradeEvent["type"]) => (events: readonly UpgradeEvent[]) =>
  events.filter((event) => !(event.type === type && "stepId" in event && event.stepId === "migrations-finish"));

test("what was executed once for each recorded start, and on an approval where it is irreversible, is in order", () => {
  const { executions, records } = given();
  expect(judgeExecutions(executions, records)).toEqual({ irreversible: 1, violations: [] });
});

test.each([
  ["approval_granted", /migrations finish.* was executed without a signed approval/u],
  ["approval_signed", /migrations finish.* was executed without a signed approval/u],
  ["step_started", /migrations finish.* was executed with 0 recorded starts/u],
] as const)("an irreversible command without %s in the record is found", (type, sentence) => {
  const { executions, records } = given(without(type));
  expect(judgeExecutions(executions, records).violations).toEqual([expect.stringMatching(sentence)]);
});

test("a command that was executed twice for one attempt is found", () => {
  const { executions, finish, records } = given();
  const { irreversible, violations } = judgeExecutions([...executions, finish], records);
  expect({ irreversible, violations }).toEqual({
    irreversible: 2,
    violations: [expect.stringMatching(/migrations finish.* was executed 2 times for KU-2026-0001 migrations-finish/u)],
  });
});

test("what begins after its runner was given up or its attempt was over is found", () => {
  const { executions, records } = given();
  const late = executions.map((execution) => ({ ...execution, atMs: execution.atMs + 5_001 }));
  const { violations } = judgeExecutions(late, records);
  expect(violations).toHaveLength(new Set(executions.map(({ attempt }) => attempt?.stepId)).size);
  expect(violations).toContainEqual(
    expect.stringMatching(/migrations finish.* began 5001 ms after it was over \(step_finished\)/u),
  );
});

test("other words than the step's, another upgrade, and a dangerous command of nobody's are found", () => {
  const { finish, records } = given();
  const attempt = { database: "d", upgradeId: "KU-2026-0009", stepId: "migrations-finish", number: 1 };
  const strange: readonly Execution[] = [
    { ...finish, words: `${finish.words} --force` },
    { ...finish, attempt },
    { pid: 7, attempt: undefined, atMs: 0, program: "kong", words: "migrations finish -c /etc/kong.conf" },
    { pid: 8, attempt: undefined, atMs: 0, program: "pg_restore", words: "-d kong /backups/kong.dump" },
  ];
  expect(judgeExecutions(strange, records).violations).toEqual([
    expect.stringMatching(/--force.* whose step has no such command/u),
    expect.stringMatching(/for KU-2026-0009 .* which no record knows/u),
    expect.stringMatching(/kong migrations finish.* \(process 7\) was executed outside every step/u),
    expect.stringMatching(/pg_restore.* \(process 8\) was executed outside every step/u),
  ]);
});

test("what only looks may be executed at any time", () => {
  const { records } = given();
  const looks = [
    ["kong", "migrations list -c /etc/kong.conf"],
    ["kong", "version"],
    ["pg_restore", "--list /backups/kong.dump"],
  ].map(([program = "", words = ""]): Execution => ({ pid: 9, attempt: undefined, atMs: 0, program, words }));
  expect(judgeExecutions(looks, records)).toEqual({ irreversible: 0, violations: [] });
});
