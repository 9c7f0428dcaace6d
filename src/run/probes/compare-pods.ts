import type { KongPod } from "#src/discovery/kong-pods.ts";
import { isSameVersion } from "./same-version.ts";

/** Pods by what their image says about the expected version. */
export interface PodComparison {
  readonly other: readonly string[];
  /** Their tag tells no full version, such as `latest`, or they are pinned by digest alone. */
  readonly untold: readonly string[];
  /** One line per pod. */
  readonly details: readonly string[];
}

/** A pod that is ending counts: until it has ended it serves and holds sessions of the database. */
export function comparePods(pods: readonly KongPod[], version: string): PodComparison {
  return {
    other: namesOf(pods.filter((pod) => pod.version !== undefined && !isSameVersion(pod.version, version))),
    untold: namesOf(pods.filter((pod) => pod.version === undefined)),
    details: pods.map(
      ({ name, container, image, phase, isEnding }) =>
        `${name}, ${container}: ${image}, ${isEnding ? "ending" : phase}`,
    ),
  };
}

function namesOf(pods: readonly KongPod[]): readonly string[] {
  return [...new Set(pods.map(({ name }) => name))];
}
