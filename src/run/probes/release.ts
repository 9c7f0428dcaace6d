import type { Environment } from "#src/plan/environment.ts";
import type { HelmRelease, Kubernetes } from "#src/plan/kubernetes.ts";

/** The cluster of the runner's own configuration. @throws Error where there is none */
export function kubernetesOf({ kubernetes, name }: Environment): Kubernetes {
  if (kubernetes === undefined) throw new Error(`environment ${name} has no Kubernetes cluster`);
  return kubernetes;
}

/** A release of that name. @throws Error where there is none */
export function releaseOf(kubernetes: Kubernetes, name: string): HelmRelease {
  const release = kubernetes.releases.find((candidate) => candidate.name === name);
  if (release === undefined) throw new Error(`no release ${name} is configured`);
  return release;
}
