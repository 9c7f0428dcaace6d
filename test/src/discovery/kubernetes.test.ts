import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { discover } from "#src/discovery/discover.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";

const workload = {
  kind: "Deployment",
  metadata: { name: "kong-kong", namespace: "gateway" },
  spec: {
    template: {
      spec: {
        containers: [
          { name: "ingress-controller", image: "kong/kubernetes-ingress-controller:2.12" },
          {
            name: "proxy",
            image: "docker.io/kong/kong-gateway:2.8.4.4-alpine",
            env: [
              { name: "KONG_VITALS", value: "on" },
              { name: "KONG_PG_PASSWORD", value: "sesame" },
              { name: "KONG_PG_HOST" },
            ],
          },
        ],
      },
    },
  },
};

/** Programs that print what a cluster would answer, and only when context and namespace are pinned. */
async function cluster(
  answers: Readonly<Record<string, unknown>>,
): Promise<{ readonly kubectl: string; readonly helm: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "cluster-"));
  const program = async (name: string, pinned: string): Promise<string> => {
    const cases = Object.entries(answers).map(([words, answer], index) => {
      const file = join(folder, `${name}-${index}.json`);
      return { file, text: JSON.stringify(answer), line: `"${pinned} ${words}") cat '${file}';;` };
    });
    await Promise.all(cases.map(({ file, text }) => writeFile(file, text)));
    const path = join(folder, name);
    await writeFile(
      path,
      `#!/bin/sh\ncase "$*" in\n${cases.map(({ line }) => line).join("\n")}\n*) echo "Error: forbidden" >&2; exit 1;;\nesac\n`,
    );
    await chmod(path, 0o755);
    return path;
  };
  return {
    kubectl: await program("kubectl", "--context prod --namespace gateway"),
    helm: await program("helm", "--kube-context prod --namespace gateway"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const environment = (programs: { readonly kubectl: string; readonly helm: string }) => {
  const { database: _, ...sample } = sampleEnvironment();
  return {
    ...sample,
    topology: "kubernetes" as const,
    nodes: [],
    kubernetes: {
      ...programs,
      context: "prod",
      namespace: "gateway",
      chart: "kong/kong",
      chartVersion: "2.38.0",
      releases: [
        { name: "kong", role: "all" as const, values: ["/srv/values.yaml"], workload: "deployment/kong-kong" },
      ],
    },
  };
};

const ports = livePorts({ resolveSecret: () => Promise.resolve(""), baseEnv: { PATH: "/usr/bin:/bin" } });

test("a release is read from its workload, Helm's values and the jobs of its namespace", async () => {
  await using programs = await cluster({
    "get deployment/kong-kong -o json": workload,
    "get jobs -o json": { items: [{ metadata: { name: "kong-init-migrations" } }] },
    "list -o json": [{ name: "kong", revision: "7", status: "deployed", chart: "kong-2.8.0", app_version: "2.8" }],
    "get values kong -o json": { image: { tag: "2.8.4.4-alpine" }, env: { pg_password: "sesame" } },
  });
  const { facts, inventory } = await discover(environment(programs), ports);
  expect(facts.installation?.version).toMatchObject({ value: "2.8.4.4", source: "image of release kong" });
  expect(facts.installation?.helmReleases?.value).toStrictEqual([
    { name: "kong", revision: 7, status: "deployed", chartVersion: "2.8.0" },
  ]);
  expect(inventory.helmReleases).toMatchObject([{ name: "kong", chartVersion: "2.8.0", targetChartVersion: "2.38.0" }]);
  expect(inventory.settings).toMatchObject([
    { key: "vitals", value: "on", origin: "helm" },
    { key: "pg_password", value: "[redacted]" },
  ]);
  expect(inventory.manifests).toMatchObject([{ kind: "Job", name: "kong-init-migrations" }]);
  expect(inventory.hosts).toMatchObject([{ image: "docker.io/kong/kong-gateway:2.8.4.4-alpine" }]);
  expect(inventory.deployment).toMatchObject({ platform: "kubernetes", isHelm: true });
  expect(inventory.inputs).toMatchObject({ helm: { kind: "read" }, manifests: { kind: "partly" } });
  expect(JSON.stringify({ facts, inventory })).not.toContain("sesame");
});

test("a cluster that forbids looking is named call by call", async () => {
  await using programs = await cluster({});
  const { facts, inventory } = await discover(environment(programs), ports);
  const failed = facts.sources.flatMap(({ name, outcome }) => (outcome.kind === "failed" ? [name] : []));
  expect(failed).toStrictEqual([
    "helm get values kong",
    "helm list",
    "kubectl get deployment/kong-kong",
    "kubectl get jobs",
  ]);
  expect(inventory.inputs).toMatchObject({ helm: { kind: "failed" }, manifests: { kind: "failed" } });
});
