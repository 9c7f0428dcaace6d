import { expect, test } from "vitest";
import { manualFindings } from "#src/plan/manual-findings.ts";
import type { Step } from "#src/plan/step.ts";
import { createStep } from "#test/src/run/stage.ts";
import { sampleEnvironment } from "./sample.ts";

function manual(id: string, changes: Partial<Step> = {}): Step {
  return createStep({
    id,
    title: `Do ${id}`,
    action: { kind: "manual", instruction: `Please do ${id}.`, button: `${id} is done` },
    targets: ["kong-1", "kong-2"],
    source: "Kong docs",
    ...changes,
  });
}

test("a step that waits for a person is known at plan time: who, what, and how it is confirmed", () => {
  const [finding, ...rest] = manualFindings(sampleEnvironment(), [createStep(), manual("install")]);
  expect(rest).toStrictEqual([]);
  expect(finding).toStrictEqual({
    id: "manual-install",
    kind: "finding",
    severity: "info",
    area: "general",
    title: "By hand: Do install",
    effect:
      "The upgrade waits at this step until a member of the team has done it and pressed “install is done”. Please do install.",
    evidence: [{ text: "step install on kong-1, kong-2", what: "step", name: "install" }],
    count: 1,
    remedy:
      "Nothing can be looked at afterwards: the person's word counts, with a note. To have it done by the runner, configure hooks.install, or a packages recipe (apt, dpkg, yum, rpm, docker).",
    source: "Kong docs",
  });
});

test("who does it is one of the operators where some are named", () => {
  const operators = { users: ["U0ALICE01"], groups: [] };
  const [finding] = manualFindings(sampleEnvironment({ operators }), [manual("freeze")]);
  expect(finding?.effect).toContain("until one of the environment's operators has done it");
});

test("that a later step looks at it is told, and where none does", () => {
  const look = { kind: "files_present", paths: ["/x"] } as const;
  const remedies = [[look], []].map(
    (proof) => manualFindings(sampleEnvironment(), [manual("install", { proof })])[0]?.remedy,
  );
  expect(remedies).toStrictEqual([
    expect.stringContaining("a later step of the runner looks at what was done"),
    expect.stringContaining("Nothing can be looked at afterwards"),
  ]);
});

test.each([
  ["green-install", "hooks.install"],
  ["start-kong-1", "hooks.start"],
  ["green-start-kong-1", "hooks.start"],
  ["stop-kong-1", "hooks.stop"],
  ["drain-batch-1", "hooks.drain"],
  ["freeze", "hooks.freeze"],
  ["unfreeze", "hooks.unfreeze"],
  ["decommission", "hooks.decommission"],
  ["shift-10", "hooks.shift_traffic"],
  ["green-provision", "hooks.provision"],
  ["green-configure", "hooks.configure"],
  ["smoke", "smoke_tests"],
])("%s names what would do it: %s", (id, key) => {
  expect(manualFindings(sampleEnvironment(), [manual(id)])[0]?.remedy).toContain(`configure ${key}`);
});

test("what no configuration could do asks for none", () => {
  expect(manualFindings(sampleEnvironment(), [manual("backup-keyring")])[0]?.remedy).not.toContain("configure");
});

test("the question about findings is no finding, and neither is what the runner does", () => {
  expect(manualFindings(sampleEnvironment(), [manual("acknowledge-findings"), createStep()])).toStrictEqual([]);
});
