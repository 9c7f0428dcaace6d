import { z } from "zod";
import type { HelmRelease, Kubernetes } from "#src/plan/kubernetes.ts";
import { jsonOf, kubectl } from "./cluster-commands.ts";
import { podSelector } from "./pod-selector.ts";
import type { DiscoveryPorts } from "./ports.ts";

/** One pod with a container that runs Kong Gateway. */
export interface KongPod {
  readonly name: string;
  /** Name of that container, `proxy` in Kong's chart. */
  readonly container: string;
  readonly image: string;
  /** By the image's tag; undefined for a tag such as `latest` or `3.4`, or a digest. */
  readonly version: string | undefined;
  readonly phase: string;
  /** It was told to end, and still works until it has. */
  readonly isEnding: boolean;
  /** Whether its configuration says `database = off`: its `kong migrations` then speaks about no database at all. */
  readonly isWithoutDatabase: boolean;
}

const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
});
type Container = z.infer<typeof containerSchema>;

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
      spec: z.object({ containers: z.array(containerSchema) }),
      status: z.object({ phase: z.string().default("Unknown") }).default({ phase: "Unknown" }),
    }),
  ),
});

/** The version that an image's tag tells, e.g. 3.4.3.5 of `kong/kong-gateway:3.4.3.5-ubuntu`. */
export function versionOfImage(image: string): string | undefined {
  return /:v?(\d+\.\d+\.\d+(?:\.\d+)?)/u.exec(image)?.[1];
}

/** The pods of the release's workload, by all conditions that it selects them with. @throws Error when they cannot be listed */
export async function readWorkloadPods(
  kubernetes: Kubernetes,
  { workload }: HelmRelease,
  ports: DiscoveryPorts,
): Promise<readonly KongPod[]> {
  const found = await jsonOf(kubectl(kubernetes, ["get", workload, "-o", "json"]), ports);
  const selector = podSelector(found, workload);
  if (!selector.ok) throw new Error(selector.problem);
  return readPods(kubernetes, ["-l", selector.value], ports);
}

/** Every pod of the namespace with a container that runs Kong Gateway. @throws Error when they cannot be listed */
export async function readKongPods(kubernetes: Kubernetes, ports: DiscoveryPorts): Promise<readonly KongPod[]> {
  return readPods(kubernetes, [], ports);
}

async function readPods(
  kubernetes: Kubernetes,
  selector: readonly string[],
  ports: DiscoveryPorts,
): Promise<readonly KongPod[]> {
  const { items } = podsSchema.parse(
    await jsonOf(kubectl(kubernetes, ["get", "pods", ...selector, "-o", "json"]), ports),
  );
  return items
    .filter(({ status }) => status.phase !== "Succeeded" && status.phase !== "Failed")
    .flatMap(({ metadata, spec, status }) =>
      spec.containers
        .filter((container) => isKong(container))
        .map((container) => ({
          name: metadata.name,
          container: container.name,
          image: container.image,
          version: versionOfImage(container.image),
          phase: status.phase,
          isEnding: metadata.deletionTimestamp !== undefined,
          isWithoutDatabase: container.env.some(({ name, value }) => name === "KONG_DATABASE" && value === "off"),
        })),
    );
}

/** Settings of Kong itself; `KONG_ADMIN_TOKEN` and the like are given to jobs that only talk to it. */
const ownSettings = new Set(["KONG_DATABASE", "KONG_ROLE", "KONG_PREFIX", "KONG_PROXY_LISTEN", "KONG_PG_HOST"]);

/**
 * Kong's own images by their names, and any image that is configured like Kong: images with custom plugins have names
 * of their own. The ingress controller has neither.
 */
function isKong({ image, env }: Container): boolean {
  const [repository = ""] = image.split("@");
  const isNamedSo = /(?:^|\/)(?:kong|kong-gateway|kong-enterprise-edition)(?::[^/]*)?$/u.test(repository);
  return isNamedSo || env.some(({ name }) => ownSettings.has(name));
}
