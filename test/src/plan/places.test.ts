import { expect, test } from "vitest";
import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import { commandPlace } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { planText } from "#src/report/plan-text.ts";
import { stoppedAt } from "./environments/subject.ts";
import { commandsOf, inPlacePlanOf } from "./in-place-plan.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const overSsh = (host: string): Transport => ({ kind: "ssh", host, user: "kong" });

/** Every node but the last one is elsewhere. */
function elsewhere(changes: Partial<Environment> = {}): Environment {
  const environment = sampleEnvironment(changes);
  const nodes = environment.nodes.map((node, index) =>
    index === environment.nodes.length - 1 ? node : { ...node, transport: overSsh(node.name) },
  );
  return { ...environment, nodes };
}

test("whatever acts on a node elsewhere goes there, and nothing else does, forward and back", () => {
  const environment = elsewhere({
    packages: { recipe: "apt", usesSudo: true },
    service: { recipe: "systemd", unit: "kong-{node}", usesSudo: true },
    hooks: {
      drain: { argv: ["/opt/drain", "{node}"], timeoutMs: 1_000 },
      configure: { argv: ["/opt/configure"], timeoutMs: 1_000, on: "node" },
    },
  });
  const plan = inPlacePlanOf(environment);
  const back = makeRollbackPlan({
    upgradeId: "KU-2026-0007",
    environment,
    facts: sampleFacts(),
    plan,
    progress: stoppedAt(plan, "start-kong-1"),
  });
  const commands = [...commandsOf(plan), ...(back.ok ? commandsOf(back.value) : [])];
  const ways = new Map(allNodes(environment).map(({ name, transport }) => [name, transport]));
  const wrong = commands.filter(({ target, via, argv }) => {
    const isRunnersHook = argv[0] === "/opt/drain";
    const wanted = isRunnersHook ? undefined : ways.get(target);
    return JSON.stringify(via) !== JSON.stringify(wanted);
  });
  expect(wrong).toEqual([]);
  const programs = new Set(
    commands.filter(({ via }) => via !== undefined).map(({ argv }) => argv.slice(0, 3).join(" ")),
  );
  for (const begin of ["mkdir -p -m", "cp -p", "tar -cf", "sudo -n apt-get", "sudo -n systemctl", "/opt/configure"])
    expect([...programs].filter((words) => words.startsWith(begin))).not.toEqual([]);
  expect(commands.filter(({ argv, via }) => /^pg_|^createdb|^psql/u.test(argv[0] ?? "") && via !== undefined)).toEqual(
    [],
  );
});

test("files of a node elsewhere are looked for where the node is", () => {
  const { steps } = inPlacePlanOf(elsewhere());
  const files = steps
    .find(({ id }) => id === "backup-files")
    ?.proof.flatMap((probe) => (probe.kind === "files_present" ? [probe] : []));
  const [first, last] = [sampleEnvironment().nodes.at(0)?.name, sampleEnvironment().nodes.at(-1)?.name];
  expect(files).toMatchObject([
    { paths: [expect.stringContaining(`/${last}.kong.conf`), expect.any(String)] },
    { node: first },
  ]);
  expect(files?.[0]?.node).toBeUndefined();
});

test("a container is made and stopped from outside, and a hook that names no node runs on each where it is to run there", () => {
  const container: Transport = { kind: "docker", docker: "docker", container: "kong" };
  const environment = sampleEnvironment({ service: { recipe: "docker", unit: "kong-{node}", usesSudo: false } });
  const inside = {
    ...environment,
    nodes: environment.nodes.map((node) => Object.assign({ transport: container }, node)),
  };
  const stops = commandsOf(inPlacePlanOf(inside)).filter(({ argv }) => argv[0] === "docker");
  expect(stops.length).toBeGreaterThan(0);
  expect(stops.filter(({ via }) => via !== undefined)).toEqual([]);
});

test("people read where a command runs", () => {
  const command = { target: "cp-1", argv: ["kong", "migrations", "up"], env: {}, secrets: {} };
  expect(commandPlace({ ...command, via: overSsh("cp-1") })).toBe("cp-1 over ssh");
  expect(commandPlace(command)).toBe("cp-1");
  expect(planText(inPlacePlanOf(elsewhere()))).toMatch(/\[kong-1 over ssh\] .*migrations/u);
});
