import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { programsOf } from "#src/plan/programs.ts";
import { commandSchema } from "#src/plan/step.ts";
import { whyForbidden } from "#src/run/permits.ts";
import { planText } from "#src/report/plan-text.ts";
import { stoppedAt } from "./environments/subject.ts";
import { commandsOf, inPlacePlanOf } from "./in-place-plan.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

/** A Kong whose pods come and go by hooks; its commands of a certain version run in Jobs. */
function inPods(image = "kong:{version}"): Environment {
  const environment = sampleEnvironment();
  const transport = {
    kind: "kubectl",
    kubectl: "/opt/kubectl",
    context: "prod",
    namespace: "gateway",
    pod: "deployment/kong",
  } as const;
  const hook = { argv: ["/opt/scale", "{node}"], timeoutMs: 60_000 };
  return {
    ...environment,
    nodes: environment.nodes.map((node) => Object.assign({ transport, job: { image } }, node)),
    hooks: { ...environment.hooks, start: hook, stop: hook },
  };
}

test("commands that need the new version are Jobs of its image without secrets, and no other command is one", () => {
  const plan = inPlacePlanOf(inPods());
  const jobs = commandsOf(plan).filter(({ via }) => via?.kind === "job");
  expect(jobs.map(({ argv }) => argv.slice(1, 3).join(" "))).toEqual([
    expect.stringMatching(/^check /u),
    expect.stringMatching(/^check /u),
    "migrations up",
    "migrations finish",
  ]);
  for (const command of jobs) {
    expect(commandSchema.parse(command)).toMatchObject({
      secrets: {},
      via: {
        kind: "job",
        kubectl: "/opt/kubectl",
        context: "prod",
        namespace: "gateway",
        workload: "deployment/kong",
        image: "kong:3.4.2",
      },
    });
  }
  expect(planText(plan)).toMatch(/\[kong-1 in a job of kong:3\.4\.2 in gateway\] .*migrations up/u);
  expect(plan.notes.join("\n")).toContain("Kubernetes Jobs (kong:3.4.2 like deployment/kong in gateway)");
});

test("another image is another plan, and environments without Jobs have the plans that they always had", () => {
  expect(inPlacePlanOf(inPods()).digest).not.toBe(inPlacePlanOf(inPods("mirror/kong:{version}")).digest);
  const probes = inPlacePlanOf(sampleEnvironment()).steps.flatMap(({ precheck, proof }) => precheck.concat(proof));
  expect(probes.filter((probe) => probe.kind === "migrations" && "version" in probe)).toEqual([]);
});

test("the migration state is asked of the version that a step is about, forward and back", () => {
  const environment = inPods();
  const plan = inPlacePlanOf(environment);
  const back = makeRollbackPlan({
    upgradeId: "KU-2026-0007",
    environment,
    facts: sampleFacts(),
    plan,
    progress: stoppedAt(plan, "start-kong-1"),
  });
  if (!back.ok) throw new Error("there is no way back");
  const asked = ({ steps }: Plan): readonly string[] => [
    ...new Set(
      steps.flatMap(({ id, precheck, proof }) =>
        precheck
          .concat(proof)
          .flatMap((probe) => (probe.kind === "migrations" ? [`${id} ${probe.version ?? "?"}`] : [])),
      ),
    ),
  ];
  const { from, to } = plan;
  expect(asked(plan).filter((line) => line.endsWith(from))).toEqual([`preflight ${from}`]);
  expect(asked(plan).filter((line) => !line.endsWith(from) && !line.endsWith(to))).toEqual([]);
  expect(asked(back.value).length).toBeGreaterThan(0);
  expect(asked(back.value).filter((line) => !line.endsWith(from))).toEqual([]);
});

test("files of pods are not copied or put back; the manifest of their workload is saved on the runner", () => {
  const environment = inPods();
  const plan = inPlacePlanOf(environment);
  const saved = commandsOf(plan).filter(({ stdoutFile }) => stdoutFile?.endsWith(".workload.json"));
  expect(saved.map(({ argv, via }) => [argv.slice(5).join(" "), via])).toEqual([
    ["get deployment/kong --output json", undefined],
    ["get deployment/kong --output json", undefined],
  ]);
  expect(commandsOf(plan).filter(({ via }) => via?.kind === "kubectl")).toEqual([]);
  expect(saved.map((command) => whyForbidden(command, environment, {}))).toEqual([undefined, undefined]);
  expect(programsOf(sampleEnvironment())).not.toContain("/opt/kubectl");
});

test("a runner whose owner lists transports makes no Jobs unless they are listed", () => {
  const environment = inPods();
  const job = commandsOf(inPlacePlanOf(environment)).find(({ via }) => via?.kind === "job");
  if (job === undefined) throw new Error("no job");
  expect(whyForbidden(job, environment, { transports: ["local", "kubectl"] })).toMatch(/transport job/u);
  expect(whyForbidden(job, environment, { transports: ["local", "job"] })).toBeUndefined();
});
