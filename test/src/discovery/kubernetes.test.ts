import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { discover } from "#src/discovery/discover.ts";
import { assess } from "#src/kong/assess/assess.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
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

test("another chart around Kong's counts its own versions, so those of Kong's chart are not known", async () => {
  await using programs = await cluster({
    "get deployment/kong-kong -o json": workload,
    "get jobs -o json": { items: [] },
    "list -o json": [{ name: "kong", revision: "3", status: "deployed", chart: "ingress-0.12.0" }],
    "get values kong -o json": { gateway: { image: { tag: "3.4.2" } } },
  });
  const named = environment(programs);
  const kubernetes = { ...named.kubernetes, chart: "oci://registry.example/charts/ingress", chartVersion: "0.14.1" };
  const { facts, inventory } = await discover({ ...named, kubernetes }, ports);
  expect(facts.installation?.helmReleases?.value).toMatchObject([{ chartVersion: "0.12.0" }]);
  expect(inventory.helmReleases).toMatchObject([{ name: "kong", values: { gateway: {} } }]);
  expect(inventory.helmReleases[0]).not.toHaveProperty("chartVersion");
  expect(inventory.helmReleases[0]).not.toHaveProperty("targetChartVersion");
});

test("files of the environment are laid over each other, go to its chart, and are no second release on the database", async () => {
  const values = { env: { database: "postgres", pg_host: "db" }, migrations: { postUpgrade: false } };
  await using programs = await cluster({
    "get deployment/kong-kong -o json": workload,
    "get jobs -o json": { items: [] },
    "list -o json": [{ name: "kong", revision: "3", status: "deployed", chart: "kong-2.30.0" }],
    "get values kong -o json": values,
  });
  const folder = await mkdtemp(join(tmpdir(), "values-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = [join(folder, "base.yaml"), join(folder, "prod.yaml")];
  await writeFile(files[0] ?? "", "image: { tag: 2.8.5 }\nenv: { database: postgres, pg_host: db }\n");
  await writeFile(files[1] ?? "", "migrations:\n  postUpgrade: true\n");
  const sources = {
    declarative: [],
    plugins: [],
    scripts: [],
    dashboards: [],
    manifests: [],
    helmValues: [{ release: "kong", values: files }],
  };
  const { inventory } = await discover({ ...environment(programs), sources }, ports);
  expect(inventory.helmReleases).toMatchObject([
    { name: "kong", chartVersion: "2.30.0", values },
    { name: "kong", targetChartVersion: "2.38.0", values: { migrations: { postUpgrade: true } } },
  ]);
  const version = (text: string): Version =>
    parseVersion(text) ?? { major: 0, minor: 0, patch: 0, enterprisePatch: undefined };
  const { findings } = assess(inventory, { from: version("2.8.5"), to: version("3.4.2"), edition: "oss" });
  expect(findings.map(({ id }) => id)).not.toContain("30-helm-split");
  expect(findings.find(({ id }) => id === "30-helm-hooks")?.evidence).toMatchObject([{ file: files[1], line: 2 }]);
});
