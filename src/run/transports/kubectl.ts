import { runInTime } from "#src/run-in-time.ts";
import { lastLineOf } from "./reach.ts";

/** The program, and where it looks: always named, so that no current context decides. */
export interface Cluster {
  readonly kubectl: string;
  readonly context: string;
  readonly namespace: string;
}

/** What a call of kubectl came to. */
export type Asked =
  | { readonly kind: "answered"; readonly text: string }
  /** It ended with another status than 0, was too late, or could not be started. */
  | { readonly kind: "failed"; readonly stderr: string; readonly problem: string };

const askMs = 30_000;
const maxAnswerBytes = 16 * 1_024 * 1_024;

/** What names cluster and namespace in every call of kubectl. */
export function pinned({ context, namespace }: Pick<Cluster, "context" | "namespace">): readonly string[] {
  return ["--context", context, "--namespace", namespace];
}

/** Asks kubectl once, within 30 s. `input` goes over standard input, where no list of processes shows it. */
export async function askKubectl(
  cluster: Cluster,
  env: Readonly<Record<string, string>>,
  words: readonly string[],
  { input, timeoutMs = askMs }: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<Asked> {
  const { exitCode, stdout, stderr, problem } = await runInTime({
    argv: [cluster.kubectl, ...pinned(cluster), ...words],
    env,
    cwd: "/",
    input,
    timeoutMs,
    maxBytes: maxAnswerBytes,
  });
  if (exitCode === 0) return { kind: "answered", text: stdout };
  // What kubectl said, and only where it said nothing why it ended: that would repeat the words.
  return { kind: "failed", stderr, problem: lastLineOf(stderr || (problem ?? "")) };
}

/** Undefined where it is no JSON: said by the caller, who knows what was asked. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
