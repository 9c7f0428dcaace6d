import { kubectl, lookBy } from "#src/discovery/cluster-commands.ts";
import { readWorkloadPods } from "#src/discovery/kong-pods.ts";
import type { KongPod } from "#src/discovery/kong-pods.ts";
import { readMigrationsList } from "#src/kong/cli-output/migrations-list.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { judgeMigrations } from "./judge-migrations.ts";
import { kubernetesOf, releaseOf } from "./release.ts";

/**
 * Runs `kong migrations list` in one pod. It speaks about the package in that pod, so all pods must have the same; and
 * with `database = off` it calls everything executed without looking (Kong 2.8.5 to 3.9.3).
 */
export async function migrationsInCluster(
  { release: name, oneOf }: Extract<Probe, { readonly kind: "migrations_in_cluster" }>,
  context: ProbeContext,
): Promise<Answer> {
  const kubernetes = kubernetesOf(context.environment);
  const { workload } = releaseOf(kubernetes, name);
  const pods = await readWorkloadPods(kubernetes, releaseOf(kubernetes, name), context.ports);
  const running = pods.filter(({ phase, isEnding }) => phase === "Running" && !isEnding);
  const [pod] = running;
  if (pod === undefined) return unclear(`${workload} has no running pod to ask`);
  const images = [...new Set(running.map(({ image }) => image))];
  if (images.length > 1) {
    return unclear(`the pods of ${workload} run different images, and each speaks about its own: ${images.join(", ")}`);
  }
  if (running.some(({ isWithoutDatabase }) => isWithoutDatabase)) {
    return unclear(`${workload} runs without a database, so its kong command would call everything executed`);
  }
  const list = ["exec", pod.name, "-c", pod.container, "--", "kong", "migrations", "list"];
  const reading = readMigrationsList(await lookBy(kubectl(kubernetes, list), context.ports));
  if (reading.kind === "failed") return unclear(`${pod.name}: ${reading.problem}`);
  return judgeMigrations(reading.migrations, { oneOf, who: packageOf(pod) }, context);
}

function packageOf({ name, image, version }: KongPod): string {
  return version === undefined ? `${image} in ${name}` : `Kong ${version} in ${name}`;
}
