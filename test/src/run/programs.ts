import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Kubernetes } from "#src/plan/kubernetes.ts";

/** What a program prints and how it ends. */
export interface Printed {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** Makes a program that knows exactly these command lines; any other one fails as a forbidden look does. */
export async function writeProgram(
  folder: string,
  name: string,
  answers: Readonly<Record<string, Printed>>,
): Promise<string> {
  const texts = join(folder, `${name}.d`);
  await mkdir(texts, { recursive: true });
  const cases = await Promise.all(
    Object.entries(answers).map(async ([words, { stdout = "", stderr = "", exitCode = 0 }], index) => {
      await writeFile(join(texts, `${index}.out`), stdout);
      await writeFile(join(texts, `${index}.err`), stderr);
      return `"${words}") cat '${texts}/${index}.out'; cat '${texts}/${index}.err' >&2; exit ${exitCode};;`;
    }),
  );
  const path = join(folder, name);
  await writeFile(
    path,
    `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) echo "Error: forbidden: $*" >&2; exit 1;;\nesac\n`,
  );
  await chmod(path, 0o755);
  return path;
}

/** What a cluster answers; the command lines are without context and namespace, which have to be pinned. */
export interface Cluster {
  readonly kubectl?: Readonly<Record<string, Printed>>;
  readonly helm?: Readonly<Record<string, Printed>>;
}

/** A cluster with one release `kong` whose workload is `deployment/kong-kong`. */
export async function createCluster(folder: string, cluster: Cluster): Promise<Kubernetes> {
  const pinned = (prefix: string, answers: Readonly<Record<string, Printed>> = {}): Record<string, Printed> =>
    Object.fromEntries(Object.entries(answers).map(([words, answer]) => [`${prefix} ${words}`, answer]));
  return {
    kubectl: await writeProgram(folder, "kubectl", pinned("--context prod --namespace gateway", cluster.kubectl)),
    helm: await writeProgram(folder, "helm", pinned("--kube-context prod --namespace gateway", cluster.helm)),
    context: "prod",
    namespace: "gateway",
    chart: "kong/kong",
    chartVersion: "2.38.0",
    releases: [{ name: "kong", role: "all", values: ["/srv/values.yaml"], workload: "deployment/kong-kong" }],
  };
}

export function json(value: unknown): Printed {
  return { stdout: JSON.stringify(value) };
}

/** A pod as `kubectl get pods -o json` lists it. */
export function pod(
  name: string,
  image: string,
  changes: {
    readonly phase?: string;
    readonly isEnding?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly container?: string;
  } = {},
): unknown {
  const { phase = "Running", isEnding = false, env = { KONG_DATABASE: "postgres" }, container = "proxy" } = changes;
  return {
    metadata: { name, ...(isEnding ? { deletionTimestamp: "2026-11-21T03:00:00Z" } : {}) },
    spec: {
      containers: [
        { name: "ingress-controller", image: "kong/kubernetes-ingress-controller:2.12", env: [] },
        { name: container, image, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) },
      ],
    },
    status: { phase },
  };
}
