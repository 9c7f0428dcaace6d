import { Map as ImmutableMap } from "immutable";
import { expect, test } from "vitest";
import { nodeResultLines, nodesOfTrack } from "#src/slack/views/nodes.ts";
import type { StepProgress, Track } from "#src/upgrade/state.ts";
import { createEnvironment, createPlan, createStep } from "#test/src/run/stage.ts";
import { alice, inSlack } from "#test/support/samples.ts";

test("of many nodes people see counts, and by name those that matter, the worst first", () => {
  const done = Array.from({ length: 990 }, (_, index) => ({ node: `n${index}`, state: "done" as const }));
  const waiting = Array.from({ length: 9 }, (_, index) => ({ node: `w${index}`, state: "not_begun" as const }));
  const lines = nodeResultLines([...done, ...waiting, { node: "bad", state: "failed", reason: "exit <!here>" }]);
  expect(lines[0]).toBe("1 failed, 9 not begun, 990 done");
  expect(lines[1]).toBe("• bad failed: exit &lt;!here&gt;");
  expect(lines).toHaveLength(9);
});

function trackOf(ids: readonly (readonly [string, readonly string[]])[], done: readonly string[]): Track {
  const steps = ids.map(([id, targets]) => createStep({ id, targets }));
  const plan = createPlan(createEnvironment("postgres://user:password@127.0.0.1:1/none"), steps);
  const at = "2026-11-21T03:00:00.000Z";
  const progress = ImmutableMap<string, StepProgress>(
    ids.map(([id]) => [
      id,
      done.includes(id) ? { kind: "done", attempt: 1, finishedAt: at, how: "proven" } : { kind: "waiting" },
    ]),
  );
  return { plan, startedBy: inSlack(alice), startedAt: at, steps: progress, turn: done.length };
}

test("the card tells how many nodes of a roll-out are replaced and which are worked on, and nothing elsewhere", () => {
  const roll = [
    ["start-n1", ["n1"]],
    ["stop-batch-2", ["n2", "n3"]],
    ["start-batch-2", ["n2", "n3"]],
    ["start-n4", ["n4"]],
  ] as const;
  expect(nodesOfTrack(trackOf(roll, ["start-n1"]))).toBe("1 of 4 replaced; now at n2, n3");
  expect(
    nodesOfTrack(
      trackOf(
        [
          ["start-n1", ["n1"]],
          ["start-n2", ["n2"]],
        ],
        [],
      ),
    ),
  ).toBeUndefined();
});
