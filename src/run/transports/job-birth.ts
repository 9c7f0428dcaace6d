import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { jobNameOf, renderForbidden, renderJob } from "./job-manifest.ts";
import type { JobWish } from "./job-manifest.ts";
import { jobSchema, startOf } from "./job-state.ts";
import { askKubectl, parseJson } from "./kubectl.ts";

type Env = Readonly<Record<string, string>>;
type Manifest = Readonly<Record<string, unknown>>;

/** What came of an attempt to make a Job. Its name is taken for good by whoever makes it first. */
export type Birth =
  /** It is there, made by this start: now, or by an attempt before whose answer was lost. */
  | { readonly kind: "born" }
  /** The same command was started before, by somebody else. */
  | { readonly kind: "started_before" }
  /** A Job that has nothing to do with this command has the name. */
  | { readonly kind: "taken" }
  /** There is no answer that tells; `refusal` where its words prove that this attempt made nothing. */
  | { readonly kind: "open"; readonly problem: string; readonly refusal: string | undefined };

/** The Job's manifest by the workload as it is now; a problem where nothing can be made of it. */
export async function manifestOf(wish: JobWish, env: Env): Promise<Result<Manifest, string>> {
  const { workload } = wish.via;
  const asked = await askKubectl(wish.via, env, ["get", workload, "--output", "json"]);
  return asked.kind === "failed"
    ? no(`${workload}, whose pods it is made like, cannot be read: ${asked.problem}`)
    : renderJob(wish, parseJson(asked.text));
}

/** Makes the Job; may be called again with the same manifest as long as the answer is open. */
export async function createJob(wish: JobWish, manifest: Manifest, env: Env): Promise<Birth> {
  const asked = await askKubectl(wish.via, env, ["create", "--filename", "-"], { input: JSON.stringify(manifest) });
  if (asked.kind === "answered") return { kind: "born" };
  if (!asked.stderr.includes("(AlreadyExists)")) {
    return { kind: "open", problem: asked.problem, refusal: refusalIn(asked.stderr, asked.problem) };
  }
  const owner = await askKubectl(wish.via, env, ["get", "job", jobNameOf(wish.name), "--output", "json"]);
  if (owner.kind === "failed") return { kind: "open", problem: owner.problem, refusal: undefined };
  const job = jobSchema.safeParse(parseJson(owner.text));
  const start = job.success ? startOf(job.data) : { command: undefined, token: undefined };
  if (start.command !== wish.name) return { kind: "taken" };
  return start.token === wish.token ? { kind: "born" } : { kind: "started_before" };
}

/**
 * Sees to it that a command whose Job is not there never begins: a Job that never runs takes the name, so that no late
 * packet makes one. Answers false where the name is taken meanwhile, a problem where nobody can tell.
 */
export async function forbidJob(
  wish: Pick<JobWish, "via" | "name" | "token">,
  env: Env,
): Promise<Result<boolean, string>> {
  const input = JSON.stringify(renderForbidden(wish));
  const asked = await askKubectl(wish.via, env, ["create", "--filename", "-"], { input });
  if (asked.kind === "answered") return ok(true);
  return asked.stderr.includes("(AlreadyExists)") ? ok(false) : no(asked.problem);
}

/** These words of kubectl 1.2x and of API servers mean that nothing was made. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [
    /\(Forbidden\)|\(Unauthorized\)|You must be logged in/u,
    "the runner's account needs the right to create jobs in that namespace, and their quota must not be used up",
  ],
  [
    /context ".*" does not exist|no context exists/iu,
    "the kubeconfig of the runner's account does not know that context",
  ],
  [/\(NotFound\)/u, "the namespace is not there"],
  [/is invalid|\(BadRequest\)|\(Invalid\)/u, "the API server does not accept a Job made like that workload"],
  [/denied the request/u, "an admission webhook of the cluster does not allow it"],
  [/connection to the server .* was refused/iu, "the cluster cannot be reached from here"],
];

function refusalIn(stderr: string, problem: string): string | undefined {
  const found = refusals.find(([pattern]) => pattern.test(stderr));
  return found === undefined ? undefined : `${problem}; ${found[1]}`;
}
