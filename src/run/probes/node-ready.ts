import { z } from "zod";
import { describeAnswer } from "#src/discovery/admin-client.ts";
import { readCliVersion } from "#src/discovery/kong-cli.ts";
import { limits } from "#src/discovery/limits.ts";
import type { HttpAnswer } from "#src/discovery/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import { sideOf } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { isEmptyHash } from "./empty-hash.ts";
import { nodeOf } from "./node-of.ts";
import { isSameVersion } from "./same-version.ts";

/** The same document as the Admin API's `/status`; a node without a database adds the hash of what it has loaded. */
const statusSchema = z.object({
  database: z.object({ reachable: z.boolean() }).optional(),
  configuration_hash: z.string().optional(),
});

const messageSchema = z.object({ message: z.string() });

/**
 * Asks the status API, the only one that every kind of node can have. `/status/ready` exists from 3.3 on, and answers
 * 503 while a node drains, waits for its configuration or has lost its database; before, `/status` has to do
 * (recorded with 2.8.5, 3.4.2 and 3.9.3).
 */
export function nodeReady(
  { node, version }: Extract<Probe, { readonly kind: "node_ready" }>,
  context: ProbeContext,
): Promise<Answer> {
  return readyWithOneOf(node, [version], context);
}

/** The same question where several versions are right, as in the middle of a rolling upgrade. */
export async function readyWithOneOf(
  name: string,
  versions: readonly string[],
  context: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(context.environment, name);
  const { status } = node;
  if (status === undefined) return unclear(`${name} has no status address, so nobody can ask whether it is ready`);
  const base = status.replace(/\/+$/u, "");
  const ask = (path: string): Promise<HttpAnswer> =>
    context.ports.fetchJson({ url: `${base}${path}`, timeoutMs: limits.httpTimeoutMs });
  const answers = await Promise.all([ask("/status/ready"), ask("/status")]).catch((error: unknown) =>
    errorMessage(error),
  );
  // Nobody answers: whatever the reason, the node serves nobody.
  if (typeof answers === "string") return bad(`${name} is not ready: ${answers}`);
  const [ready, described] = answers;
  return (
    judgeReadiness(name, ready) ??
    judgeStatus(node, described, context.environment) ??
    judgeVersion(node, { versions, running: runningVersion(described), hasReadiness: ready.status === 200 }, context)
  );
}

/** Undefined where nothing speaks against it: it says that it is ready, or is too old to be asked. */
function judgeReadiness(name: string, answer: HttpAnswer): Answer | undefined {
  const { status, body } = answer;
  if (status === 200 || status === 404) return undefined;
  const said = messageSchema.safeParse(body);
  if (status >= 500) {
    return bad(`${name} is not ready: ${said.success ? said.data.message : describeAnswer(answer)}`);
  }
  return unclear(`/status/ready of ${name} answered ${describeAnswer(answer)}`);
}

function judgeStatus(node: KongNode, answer: HttpAnswer, environment: Environment): Answer | undefined {
  const { name } = node;
  const status = statusSchema.safeParse(answer.body);
  if (answer.status >= 500) return bad(`${name} is not ready: /status answered ${describeAnswer(answer)}`);
  if (answer.status !== 200 || !status.success) return unclear(`/status of ${name} answered ${describeAnswer(answer)}`);
  const { database, configuration_hash: hash } = status.data;
  if (database?.reachable === false) return bad(`${name} is not ready: it cannot reach its database`);
  if (hash !== undefined && isEmptyHash(hash)) return bad(`${name} is not ready: it has no configuration loaded`);
  return hash === undefined && isWithoutDatabase(node, environment)
    ? unclear(`${name} does not tell whether it has a configuration loaded`)
    : undefined;
}

function isWithoutDatabase({ role }: KongNode, { topology }: Environment): boolean {
  return role === "data_plane" || role === "dbless" || (role === undefined && topology === "dbless");
}

/** What runs, by its header `Server: kong/3.4.2` or `kong/3.4.3.5-enterprise-edition`. */
function runningVersion({ server }: HttpAnswer): string | undefined {
  const version = parseVersion(/^kong\/(\S+)/u.exec(server ?? "")?.[1] ?? "");
  return version === undefined ? undefined : formatVersion(version);
}

/** The process itself tells better than the package: after an install without a restart the two differ. */
async function judgeVersion(
  node: KongNode,
  seen: { readonly versions: readonly string[]; readonly running: string | undefined; readonly hasReadiness: boolean },
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const { name } = node;
  const { versions, running, hasReadiness } = seen;
  const isWanted = (version: string): boolean => versions.some((wanted) => isSameVersion(version, wanted));
  const expected = `expected ${versions.join(" or ")}`;
  const state = hasReadiness ? "is ready" : "answers /status, too old to tell more";
  if (running !== undefined) {
    return isWanted(running)
      ? good(`${name} ${state} with ${running}`)
      : bad(`${name} ${state} with ${running}, ${expected}`);
  }
  const installed = await readCliVersion(sideOf(environment, name), node, ports).catch(() => undefined);
  if (installed === undefined) return unclear(`${name} ${state}, but neither it nor its kong command tells a version`);
  return isWanted(installed)
    ? good(`${name} ${state}, with the package of ${installed}`)
    : bad(`${name} ${state}, with the package of ${installed}, ${expected}`);
}
