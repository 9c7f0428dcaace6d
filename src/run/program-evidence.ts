import { z } from "zod";
import { openAdmin } from "#src/discovery/admin-client.ts";
import { helm, jsonOf, kubectl, textOf } from "#src/discovery/cluster-commands.ts";
import { countEntities } from "#src/discovery/count-entities.ts";
import { readKongPods } from "#src/discovery/kong-pods.ts";
import { plainLines } from "#src/kong/cli-output/command-output.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Kubernetes } from "#src/plan/kubernetes.ts";
import type { Step } from "#src/plan/step.ts";
import { bad, good, unclear } from "./probes/answer.ts";
import type { Answer } from "./probes/answer.ts";
import type { ProbeContext } from "./step-context.ts";

/** One thing to look at after a step whose outcome nobody knows. */
export interface Look {
  /** What it is called among the evidence, e.g. `helm_history`. */
  readonly kind: string;
  readonly ask: () => Promise<Answer>;
}

/** Revisions that people see of one release. */
const shownRevisions = 5;

/** What the programs of a step leave behind elsewhere than on the runner: nothing for programs that are not known here. */
export function looksAfterPrograms(step: Step, context: ProbeContext): readonly Look[] {
  const { kubernetes, deck, cassandra } = context.environment;
  const commands = step.action.kind === "commands" ? step.action.commands.map(({ argv }) => withoutSudo(argv)) : [];
  const words = commands.flat();
  const isRun = (program: string | undefined): boolean =>
    program !== undefined && commands.some(([first]) => first === program);
  return [
    ...(kubernetes !== undefined && isRun(kubernetes.helm) ? helmLooks(kubernetes, words, context) : []),
    ...(kubernetes !== undefined && (isRun(kubernetes.helm) || isRun(kubernetes.kubectl))
      ? clusterLooks(kubernetes, context)
      : []),
    ...(isRun(deck?.program) ? [{ kind: "admin_api_entities", ask: () => entities(words, context) }] : []),
    ...(cassandra !== undefined && isRun(cassandra.nodetool)
      ? [{ kind: "cassandra_snapshots", ask: () => snapshots(cassandra, context) }]
      : []),
  ];
}

function withoutSudo(argv: readonly string[]): readonly string[] {
  return argv[0] === "sudo" && argv[1] === "-n" ? argv.slice(2) : argv;
}

function helmLooks(kubernetes: Kubernetes, words: readonly string[], context: ProbeContext): readonly Look[] {
  return kubernetes.releases
    .filter(({ name }) => words.includes(name))
    .map(({ name }) => ({ kind: "helm_history", ask: () => history(kubernetes, name, context) }));
}

const historySchema = z.array(
  z.object({ revision: z.number(), status: z.string(), chart: z.string(), description: z.string().default("") }),
);

/** An upgrade whose helm was killed stays `pending-upgrade`, and helm refuses the next one until it is rolled back. */
async function history(kubernetes: Kubernetes, release: string, { ports }: ProbeContext): Promise<Answer> {
  const argv = helm(kubernetes, ["history", release, "--max", String(shownRevisions), "-o", "json"]);
  const revisions = historySchema.parse(await jsonOf(argv, ports));
  const last = revisions.at(-1);
  if (last === undefined) return unclear(`release ${release} has no revision`);
  const details = revisions.map(
    ({ revision, status, chart, description }) => `revision ${revision}: ${status}, ${chart}, ${description}`,
  );
  const summary = `revision ${last.revision} of release ${release} is ${last.status}`;
  if (last.status.startsWith("pending-")) {
    return bad(`${summary}: helm was interrupted or still works, and refuses another upgrade until then`, details);
  }
  return last.status === "deployed" ? good(summary, details) : bad(summary, details);
}

function clusterLooks(kubernetes: Kubernetes, context: ProbeContext): readonly Look[] {
  return [
    { kind: "kubernetes_jobs", ask: () => jobs(kubernetes, context) },
    { kind: "kubernetes_pods", ask: () => pods(kubernetes, context) },
  ];
}

const jobsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z
        .object({ active: z.number().default(0), succeeded: z.number().default(0), failed: z.number().default(0) })
        .prefault({}),
    }),
  ),
});

async function jobs(kubernetes: Kubernetes, { ports }: ProbeContext): Promise<Answer> {
  const { items } = jobsSchema.parse(await jsonOf(kubectl(kubernetes, ["get", "jobs", "-o", "json"]), ports));
  const details = items.map(
    ({ metadata, status: { active, succeeded, failed } }) =>
      `${metadata.name}: ${active} active, ${succeeded} succeeded, ${failed} failed`,
  );
  const active = items.filter(({ status }) => status.active > 0).map(({ metadata }) => metadata.name);
  return active.length === 0
    ? good(`no job of ${kubernetes.namespace} works (${items.length} jobs)`, details)
    : bad(`jobs still work in ${kubernetes.namespace}: ${active.join(", ")}`, details);
}

async function pods(kubernetes: Kubernetes, { ports }: ProbeContext): Promise<Answer> {
  const found = await readKongPods(kubernetes, ports);
  const images = [...new Set(found.map(({ image }) => image))];
  const details = found.map(
    ({ name, image, phase, isEnding }) => `${name}: ${image}, ${isEnding ? "ending" : phase.toLowerCase()}`,
  );
  if (images.length === 0) return unclear(`no pod of ${kubernetes.namespace} was recognised as Kong`);
  return images.length === 1
    ? good(`${found.length} pods run ${images.join("")}`, details)
    : bad(`pods run ${images.length} different images: ${images.join(", ")}`, details);
}

/** The node whose Admin API decK was told to talk to; the first one that has any where it was told none. */
async function entities(words: readonly string[], { environment, ports }: ProbeContext): Promise<Answer> {
  const nodes = allNodes(environment).filter(({ admin }) => admin !== undefined);
  const node = nodes.find(({ admin = "" }) => words.some((word) => word.includes(admin))) ?? nodes[0];
  if (node === undefined) return unclear("no node has an Admin API to ask");
  const { counts } = await countEntities(environment, node, openAdmin(environment, ports));
  const details = Object.entries(counts).map(([name, count]) => `${name}: ${count}`);
  return unclear(`${node.name} holds ${details.join(", ")}; what it held before is not known here`, details);
}

async function snapshots(
  { nodetool, keyspace }: { readonly nodetool: string; readonly keyspace: string },
  { ports }: ProbeContext,
): Promise<Answer> {
  const lines = plainLines(await textOf([nodetool, "listsnapshots"], ports));
  const own = lines.filter((line) => line.split(/\s+/u).includes(keyspace));
  return unclear(`nodetool lists ${own.length} snapshots of tables of keyspace ${keyspace}`, own);
}
