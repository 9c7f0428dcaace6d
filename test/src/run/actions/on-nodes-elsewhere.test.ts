import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import type { Action, Command, Step } from "#src/plan/step.ts";
import { runStep, takeUpStep } from "#src/run/run-step.ts";
import type { StepContext } from "#src/run/step-context.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { createContext } from "#test/src/run/context.ts";
import { createEnvironment, createFolder, createStep, present, shell } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";

interface Place extends AsyncDisposable {
  readonly path: string;
  /** A shell script for a node, which is a container that a stand-in of docker reaches. */
  readonly on: (node: string, script: string) => Command;
  readonly context: (step: Step) => StepContext;
}

/** Every connection to a container leaves a line in the file `visits`. */
async function createPlace(): Promise<Place> {
  const folder = await createFolder();
  const { path } = folder;
  const docker = `${path}/docker`;
  // exec -i <container> /bin/sh; what runs in a container is in no group of the client.
  await writeFile(docker, `#!/bin/sh\necho "$3" >> ${path}/visits\nexec setsid --wait /bin/sh\n`);
  await chmod(docker, 0o755);
  const via = (container: string): Transport => ({ kind: "docker", docker, container, stateDir: `${path}/state` });
  return {
    path,
    on: (node, script) => ({ ...shell(script), target: node, via: via(node) }),
    context: (step) => {
      const place = { environment: createEnvironment(nowhere), step, dataDir: path, databaseUrl: nowhere };
      const baseEnv = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
      return { ...createContext(place), transports: openTransports(baseEnv) };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function stepOf(commands: readonly [Command, ...Command[]], nodesAtOnce: number, proof: Step["proof"] = []): Step {
  const action: Action = { kind: "commands", commands, nodesAtOnce };
  return createStep({ action, proof, isIdempotent: true, timeoutMs: 30_000 });
}

const states = (nodes: readonly { readonly node: string; readonly state: string }[] | undefined): readonly string[] =>
  (nodes ?? []).map(({ node, state }) => `${node} ${state}`);

test("nodes that are reached over a transport work side by side, each one's commands in order", async () => {
  await using place = await createPlace();
  const { path, on } = place;
  const meet = (own: string, other: string): string =>
    `touch ${path}/${own}; while [ ! -f ${path}/${other} ]; do sleep 0.02; done; echo met`;
  const step = stepOf(
    [
      on("a", meet("a", "b")),
      on("a", `test -f ${path}/b && echo a >> ${path}/second`),
      on("b", meet("b", "a")),
      on("b", `echo b >> ${path}/second`),
    ],
    2,
    [present(`${path}/second`)],
  );
  const context = place.context(step);
  await using _ = context.transports;
  const report = await runStep(context);
  expect(report).toMatchObject({ outcome: "done", commands: [{ exitCode: 0 }, {}, {}, {}] });
  for (const { target, via } of report.commands) expect(via).toBe(`docker exec ${target}`);
  expect(states(report.nodes)).toEqual(["a done", "b done"]);
  expect((await readFile(`${path}/second`, "utf8")).trim().split("\n").toSorted()).toEqual(["a", "b"]);
  const noted = await context.remoteAttempts.find({ upgradeId: "KU-2026-0001", stepId: "work", attempt: 1 });
  const names = [...(noted?.places ?? [])].map(([index, via]) => `${index} ${via.kind === "docker" && via.container}`);
  expect(names.toSorted()).toEqual(["0 a", "1 a", "2 b", "3 b"]);
});

test("the report names the very pod that was taken of a workload", async () => {
  await using place = await createPlace();
  const { path } = place;
  const kubectl = `${path}/kubectl`;
  const answers = {
    "get deployment/kong": { spec: { selector: { matchLabels: { app: "kong" } } } },
    "get pods": { items: [{ metadata: { name: "kong-7f" } }] },
  };
  const cases = Object.entries(answers).map(([words, answer]) => `*"${words}"*) echo '${JSON.stringify(answer)}';;`);
  await writeFile(kubectl, `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) exec setsid --wait /bin/sh;;\nesac\n`);
  await chmod(kubectl, 0o755);
  const via = { kind: "kubectl", kubectl, context: "prod", namespace: "gateway", pod: "deployment/kong" } as const;
  const context = place.context(
    stepOf([{ ...shell("true"), target: "kong", via: { ...via, stateDir: `${path}/state` } }], 2),
  );
  await using _ = context.transports;
  const { commands } = await runStep(context);
  expect(commands).toMatchObject([{ exitCode: 0, via: "kubectl exec kong-7f in gateway of prod" }]);
});

test("nodes that had begun are followed side by side whatever became of the others, and no other node is begun", async () => {
  await using place = await createPlace();
  const { path, on } = place;
  const until = (what: string): string => `while ! ${what}; do sleep 0.02; done`;
  const visited = (node: string, times: number): string => `[ $(grep -cx ${node} ${path}/visits) -ge ${times} ]`;
  const step = stepOf(
    [
      // Fails while c, which took the place of b, still works; ends only when the one that comes back has asked for c.
      on("a", `touch ${path}/a; ${until(visited("c", 2))}; exit 3`),
      on("b", "true"),
      on("c", `touch ${path}/c; ${until(visited("a", 2))}; echo c >> ${path}/done`),
      on("c", `echo c >> ${path}/never`),
      on("d", `echo d >> ${path}/never`),
    ],
    2,
  );
  const killed = place.context(step);
  void runStep(killed);
  await waitUntil("a and c to begin", () => existsSync(`${path}/a`) && existsSync(`${path}/c`));
  await killed.transports[Symbol.asyncDispose]();

  const context = place.context(step);
  await using _ = context.transports;
  const noted = await context.remoteAttempts.find({ upgradeId: "KU-2026-0001", stepId: "work", attempt: 1 });
  const started = new Set(noted?.places.keys());
  const begun = noted?.begun ?? new Set();
  expect(started).toEqual(new Set([0, 1, 2]));
  if (step.action.kind !== "commands") throw new Error("no commands");
  const report = await takeUpStep(context, { commands: step.action.commands, started, begun, leftMs: 20_000 });
  expect(report.outcome).toBe("failed");
  expect(states(report.nodes)).toEqual(["a failed", "b done", "c failed", "d not_begun"]);
  expect(report.nodes?.[2]?.reason).toContain("never will");
  expect(await readFile(`${path}/done`, "utf8")).toBe("c\n");
  expect(existsSync(`${path}/never`)).toBe(false);
  expect(await readFile(`${path}/visits`, "utf8")).not.toContain("d");
});
