import { ok, unreachable } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import { dockerReach, kubectlReach } from "./containers.ts";
import { converse } from "./converse.ts";
import type { Farewell } from "./converse.ts";
import { removeJobs, runJob } from "./jobs.ts";
import { lookAtJob } from "./look-at-job.ts";
import type { SeenJob } from "./look-at-job.ts";
import { createObsoleteStates } from "./obsolete-states.ts";
import { podsOf } from "./pods.ts";
import { lastLineOf } from "./reach.ts";
import type { Reach } from "./reach.ts";
import { runRemote } from "./run-remote.ts";
import type { RemoteCall } from "./run-remote.ts";
import { openSshConnections } from "./ssh.ts";
import { cleanScript, stateScript } from "./target-script.ts";
import { usualWaits } from "./waits.ts";

/** What a state directory says. */
export type RemoteState =
  /** There is none: the command never began there, or was tidied up. */
  | { readonly kind: "none" }
  /** `processId` where there is one process of the target's own that can be named. */
  | { readonly kind: "running"; readonly processId?: number }
  | { readonly kind: "ended"; readonly status: string }
  /** It began, is over, and nobody noted how it ended. */
  | { readonly kind: "lost"; readonly wasRestarted: boolean }
  | { readonly kind: "unreachable"; readonly problem: string };

/** The ways in which one runner reaches other places. Disposing of it leaves running commands alone, and never tells an end of them. */
export interface Transports extends AsyncDisposable {
  /** The transport to one certain place: a workload in a cluster has several pods, and a command runs in one. */
  pin(via: Transport): Promise<Result<Transport, string>>;
  /** Starts a command at a certain place and follows it to its end. */
  run(via: Transport, call: RemoteCall): Promise<ProcessEnd>;
  /**
   * Takes a command up that was started before this process was; one that never began is `not_started`. `isBegun` where the
   * target said then that it had begun.
   */
  takeUp(via: Transport, call: RemoteCall, isBegun: boolean): Promise<ProcessEnd>;
  /** Only looks, in all pods of a workload. */
  look(via: Transport, name: string): Promise<RemoteState>;
  /**
   * The results of these are recorded: their state directories go with the next command there, or when it is quiet.
   * Answers whether the target did so; not where it could not be reached.
   */
  forget(via: Transport, names: readonly string[]): Promise<boolean>;
}

const lookMs = 60_000;
const cleanMs = 10_000;

/** What leads to a shell that is there already. */
type Shell = Exclude<Transport, { readonly kind: "job" }>;

/** `env` is what the programs (ssh, docker, kubectl) are started with; none of it but PATH, LANG and TZ goes to a host. */
export function openTransports(env: Readonly<Record<string, string>>, waits = usualWaits): Transports {
  const ssh = openSshConnections(env, waits);
  const leaving = new AbortController();
  const leave = leaving.signal;

  const reachOf = (via: Shell): Reach => {
    switch (via.kind) {
      case "ssh":
        return ssh.to(via);
      case "docker":
        return dockerReach(via, env, waits);
      case "kubectl":
        return kubectlReach(via, env, waits);
      default:
        return unreachable(via);
    }
  };
  const obsolete = createObsoleteStates((via, names) =>
    via.kind === "job" ? removeJobs({ via, env, waits }, names) : clean(reachOf(via), names),
  );

  return {
    pin: async (via) => {
      if (via.kind !== "kubectl") return ok(via);
      const pods = await podsOf(via, env);
      return pods.ok ? ok(pods.value[0]) : pods;
    },
    run: async (via, call) => {
      if (via.kind === "job") return runJob({ via, env, waits }, call, { how: "start", leave });
      const taken = obsolete.take(via);
      const end = await runRemote(reachOf(via), call, { how: { kind: "start", obsolete: taken.names }, leave });
      // A target hears a script as a whole or not at all: a command that ran to its end took them along.
      taken.tell(end.kind === "exited" || end.kind === "signalled");
      return end;
    },
    takeUp: (via, call, isBegun) =>
      via.kind === "job"
        ? runJob({ via, env, waits }, call, { how: "take_up", leave })
        : runRemote(reachOf(via), call, { how: { kind: "take_up", isBegun }, leave }),
    look: async (via, name) => {
      if (via.kind === "job") return stateOfJob(await lookAtJob({ via, env, waits }, name));
      if (via.kind !== "kubectl") return look(reachOf(via), name);
      const pods = await podsOf(via, env);
      if (!pods.ok) return { kind: "unreachable", problem: pods.problem };
      let seen: RemoteState = { kind: "none" };
      for (const pod of pods.value) {
        const state = await look(reachOf(pod), name);
        if (state.kind !== "none") seen = state;
        if (state.kind === "running" || state.kind === "ended") return state;
      }
      return seen;
    },
    forget: (via, names) => obsolete.add(via, names),
    [Symbol.asyncDispose]: async () => {
      leaving.abort();
      await obsolete.close();
      await ssh[Symbol.asyncDispose]();
    },
  };
}

async function look(reach: Reach, name: string): Promise<RemoteState> {
  let state: RemoteState | undefined;
  const farewell = await converse(reach, {
    script: (hearing) => stateScript({ ...hearing, name, stateDir: reach.stateDir }),
    take: async (frame) => {
      if (frame.kind === "word" && frame.text.startsWith("s ")) state = stateOf(frame.text.slice(2));
      return state !== undefined;
    },
    signal: AbortSignal.timeout(lookMs),
  });
  if (state !== undefined) return state;
  return { kind: "unreachable", problem: whyNoAnswer(farewell, reach) };
}

/** In the words of the program where they say for certain what is wrong, else with the last of what it said. */
function whyNoAnswer(farewell: Farewell, reach: Reach): string {
  switch (farewell.kind) {
    case "refused":
      return farewell.problem;
    case "broken":
      return (
        reach.refusal(farewell) ??
        `${reach.words} gave no answer (${lastLineOf(`${farewell.noise}\n${farewell.stderr}`)})`
      );
    case "answered":
      return `${reach.words} gave no answer`;
    default:
      return unreachable(farewell);
  }
}

function stateOf(text: string): RemoteState {
  const [kind, word = ""] = text.split(" ");
  if (kind === "running") return { kind, processId: Number(word) };
  if (kind === "ended") return { kind, status: word };
  if (kind === "lost") return { kind, wasRestarted: word === "boot" };
  return { kind: "none" };
}

function stateOfJob(seen: SeenJob): RemoteState {
  switch (seen.kind) {
    case "none":
    case "forbidden":
    case "unstartable":
      return { kind: "none" };
    case "waiting":
    case "running":
      return { kind: "running" };
    case "ended":
      return { kind: "ended", status: String(seen.exitCode) };
    case "too_long":
    case "lost":
      return { kind: "lost", wasRestarted: false };
    case "unreachable":
      return { kind: "unreachable", problem: seen.problem };
    default:
      return unreachable(seen);
  }
}

/** Answers whether the target did so. What is left behind for good is bounded by the next command there. */
async function clean(reach: Reach, names: readonly string[]): Promise<boolean> {
  const farewell = await converse(reach, {
    script: (hearing) => cleanScript({ ...hearing, name: "", stateDir: reach.stateDir }, names),
    take: async (frame) => frame.kind === "word" && frame.text === "c",
    signal: AbortSignal.timeout(cleanMs),
  });
  return farewell.kind === "answered";
}
