import type { Transport } from "#src/plan/transport.ts";
import { jobLabel, jobNameOf } from "./job-manifest.ts";
import { readJobState } from "./job-state.ts";
import type { JobState } from "./job-state.ts";
import { askKubectl, parseJson } from "./kubectl.ts";
import type { Waits } from "./waits.ts";

/** Where Jobs are made, and what kubectl is started with. */
export interface JobPlace {
  readonly via: Extract<Transport, { readonly kind: "job" }>;
  readonly env: Readonly<Record<string, string>>;
  readonly waits: Waits;
}

export type SeenJob = JobState | { readonly kind: "unreachable"; readonly problem: string };

/** Asks the cluster for the Job of a command and its pods, in one call. */
export async function lookAtJob({ via, env }: JobPlace, name: string): Promise<SeenJob> {
  const own = ["--selector", `${jobLabel}=${jobNameOf(name)}`];
  const asked = await askKubectl(via, env, ["get", "jobs,pods", ...own, "--output", "json"]);
  if (asked.kind === "failed") return { kind: "unreachable", problem: asked.problem };
  return (
    readJobState(parseJson(asked.text)) ?? {
      kind: "unreachable",
      problem: `${via.kubectl} answered something that is no list of jobs and pods`,
    }
  );
}
