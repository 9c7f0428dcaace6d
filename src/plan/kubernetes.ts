import { z } from "zod";

export const helmReleaseSchema = z.object({
  name: z.string(),
  /** What this release serves: everything, one plane of a hybrid installation, or only the Admin API or the proxy. */
  role: z.enum(["all", "control_plane", "data_plane", "admin", "proxy"]),
  /** Values files on the runner, in Helm's order. */
  values: z.array(z.string()).readonly(),
  /** The Deployment or DaemonSet that the release makes, e.g. `deployment/kong-kong`. */
  workload: z.string(),
});
export type HelmRelease = z.infer<typeof helmReleaseSchema>;

export const kubernetesSchema = z.object({
  kubectl: z.string(),
  helm: z.string(),
  /** Pinned in every command, so that the runner's current context never decides. */
  context: z.string(),
  namespace: z.string(),
  /** e.g. `kong/kong` or an OCI address; with the exact chart version of the upgrade. */
  chart: z.string(),
  chartVersion: z.string(),
  releases: z.array(helmReleaseSchema).min(1).readonly(),
  /** Deployment of the ingress controller where it writes to the Admin API: scaled to 0 during the freeze. */
  ingressController: z.string().optional(),
  /** How many pods of it run, so that as many come back after the freeze; 1 where absent. */
  ingressReplicas: z.number().int().min(1).optional(),
});
export type Kubernetes = z.infer<typeof kubernetesSchema>;
