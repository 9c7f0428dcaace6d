import { z } from "zod";
import type { InstallationFacts } from "#src/kong/facts.ts";
import type { HelmRelease, Host, Manifest, Setting } from "#src/kong/inventory.ts";
import type { HelmRelease as ConfiguredRelease, Kubernetes } from "#src/plan/kubernetes.ts";
import { helm, jsonOf, kubectl } from "./cluster-commands.ts";
import { versionOfImage } from "./kong-pods.ts";
import type { DiscoveryPorts } from "./ports.ts";
import { redactConfig, redactSetting } from "./redact.ts";
import type { SurveyLog } from "./survey-log.ts";

/** What the cluster tells about the releases of an environment. */
export interface ClusterReading {
  readonly releases: readonly HelmRelease[];
  /** What `helm list` told; undefined where it did not. */
  readonly installed: NonNullable<InstallationFacts["helmReleases"]>["value"] | undefined;
  readonly manifests: readonly Manifest[];
  readonly hosts: readonly Host[];
  readonly settings: readonly Setting[];
  /** Versions by the image tags of the workloads. */
  readonly versions: readonly { readonly release: string; readonly version: string }[];
}

const workloadSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  spec: z.looseObject({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            image: z.string(),
            env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
          }),
        ),
      }),
    }),
  }),
});

const listSchema = z.object({
  items: z.array(z.looseObject({ kind: z.string().default("Job"), metadata: z.looseObject({ name: z.string() }) })),
});

/** Helm prints the revision as a text (helm list -o json, Helm 3). */
const helmListSchema = z.array(
  z.object({ name: z.string(), chart: z.string(), revision: z.coerce.number().int().min(1), status: z.string() }),
);

/** Reads workloads, jobs and Helm's values, read-only, with context and namespace pinned. */
export async function readCluster(
  kubernetes: Kubernetes,
  { ports, log }: { readonly ports: DiscoveryPorts; readonly log: SurveyLog },
): Promise<ClusterReading> {
  const installed = await log.read("helm list", ["chart versions and revisions"], () =>
    readInstalled(kubernetes, ports),
  );
  const jobs = await log.read("kubectl get jobs", ["leftover migration jobs"], () => readJobs(kubernetes, ports));
  const parts = await Promise.all(
    kubernetes.releases.map(async (release) => ({
      release,
      values: await log.read(`helm get values ${release.name}`, ["Helm values"], () =>
        readValues(kubernetes, release, ports),
      ),
      workload: await log.read(`kubectl get ${release.workload}`, ["running image and its environment"], () =>
        readWorkload(kubernetes, release, ports),
      ),
    })),
  );
  return {
    releases: parts.flatMap(({ release, values }) =>
      values === undefined
        ? []
        : [describeRelease(kubernetes, release, { values, chart: installed?.kongCharts.get(release.name) })],
    ),
    installed: installed?.releases,
    manifests: jobs ?? [],
    hosts: parts.flatMap(({ release, workload }) =>
      workload === undefined ? [] : [{ node: release.name, image: workload.image }],
    ),
    settings: parts.flatMap(({ workload }) => workload?.settings ?? []),
    versions: parts.flatMap(({ release, workload }) =>
      workload?.version === undefined ? [] : [{ release: release.name, version: workload.version }],
    ),
  };
}

function describeRelease(
  kubernetes: Kubernetes,
  { name }: ConfiguredRelease,
  { values, chart }: { readonly values: Record<string, unknown>; readonly chart: string | undefined },
): HelmRelease {
  const target = targetChartOf(kubernetes);
  return {
    name,
    namespace: kubernetes.namespace,
    values,
    ...(target === undefined ? {} : { targetChartVersion: target }),
    ...(chart === undefined ? {} : { chartVersion: chart }),
  };
}

/** The version of Kong's own chart that the environment goes to; another chart around it counts its own versions. */
export function targetChartOf({ chart, chartVersion }: Kubernetes): string | undefined {
  return chart.slice(chart.lastIndexOf("/") + 1) === "kong" ? chartVersion : undefined;
}

interface Workload {
  readonly image: string;
  readonly version: string | undefined;
  readonly settings: readonly Setting[];
}

async function readWorkload(
  kubernetes: Kubernetes,
  release: ConfiguredRelease,
  ports: DiscoveryPorts,
): Promise<Workload> {
  const answer = await jsonOf(kubectl(kubernetes, ["get", release.workload, "-o", "json"]), ports);
  const { spec } = workloadSchema.parse(answer);
  const { containers } = spec.template.spec;
  const kong = containers.find(({ name }) => name === "proxy") ?? containers.find(({ image }) => /kong/u.test(image));
  if (kong === undefined) throw new Error(`${release.workload} has no container of Kong`);
  return {
    image: kong.image,
    version: versionOfImage(kong.image),
    settings: kong.env.flatMap(({ name, value }) => {
      if (!name.startsWith("KONG_") || value === undefined) return [];
      const key = name.slice("KONG_".length).toLowerCase();
      return [{ key, value: redactSetting(key, value), origin: "helm" as const, node: release.name }];
    }),
  };
}

async function readValues(
  kubernetes: Kubernetes,
  { name }: ConfiguredRelease,
  ports: DiscoveryPorts,
): Promise<Record<string, unknown>> {
  const answer = await jsonOf(helm(kubernetes, ["get", "values", name, "-o", "json"]), ports);
  return redactConfig(z.record(z.string(), z.unknown()).nullable().parse(answer) ?? {});
}

interface Installed {
  readonly releases: NonNullable<ClusterReading["installed"]>;
  /** Versions of Kong's own chart by release; another chart around it counts its own versions. */
  readonly kongCharts: ReadonlyMap<string, string>;
}

async function readInstalled(kubernetes: Kubernetes, ports: DiscoveryPorts): Promise<Installed> {
  const found = helmListSchema.parse(await jsonOf(helm(kubernetes, ["list", "-o", "json"]), ports));
  // Helm writes `kong-2.38.0`: name and version of the chart in one word.
  const releases = found.map(({ name, chart, revision, status }) => ({
    name,
    revision,
    status,
    chartVersion: chart.replace(/^.*-(?=\d)/u, ""),
  }));
  const kongCharts = found.flatMap(({ name, chart }): readonly (readonly [string, string])[] => {
    const version = /^kong-(\d+\.\d+\.\d+)/u.exec(chart)?.[1];
    return version === undefined ? [] : [[name, version]];
  });
  return { releases, kongCharts: new Map(kongCharts) };
}

async function readJobs(kubernetes: Kubernetes, ports: DiscoveryPorts): Promise<readonly Manifest[]> {
  const { items } = listSchema.parse(await jsonOf(kubectl(kubernetes, ["get", "jobs", "-o", "json"]), ports));
  return items.map((item) => ({
    kind: item.kind,
    name: item.metadata.name,
    namespace: kubernetes.namespace,
    fields: { kind: item.kind, metadata: { name: item.metadata.name }, status: item["status"] },
  }));
}
