import { createAlarm, startClient } from "./client.ts";
import { jobContainer } from "./job-manifest.ts";
import { pinned } from "./kubectl.ts";
import type { Cluster } from "./kubectl.ts";
import { lastLineOf } from "./reach.ts";

/** Where a log is read. */
interface Source {
  readonly cluster: Cluster;
  readonly env: Readonly<Record<string, string>>;
  /** A client that says nothing for so long is taken for dead. */
  readonly quietMs: number;
}

interface Visit {
  readonly pod: string;
  /** Until the container ends, else only what is there. */
  readonly how: "follow" | "read";
  readonly signal: AbortSignal;
}

/** One pod's log, read through as many connections as it takes. */
export interface JobLog {
  /** Answers why the log could not be read to its end; undefined where it was. */
  read(visit: Visit): Promise<string | undefined>;
}

interface Receiver {
  readonly onBytes: (bytes: Uint8Array) => Promise<void>;
  /** Told when the kubelet has begun the file anew, so that what lay in between may be missing. */
  readonly onGap: () => Promise<void>;
}

/** By what a log is known again: the kubelet keeps 10 MiB of it by default, and begins anew then. */
const headBytes = 256;

/**
 * `kubectl logs` always begins at the beginning, and times are only told to the second where it could begin later: so what
 * was received already is read again and left out, by its number of bytes.
 */
export function openJobLog({ cluster, env, quietMs }: Source, { onBytes, onGap }: Receiver): JobLog {
  const known = { received: 0, head: Buffer.alloc(0) };
  /** Hands on what is new of one reading, which begins at the beginning. */
  const reading = (): ((bytes: Uint8Array) => Promise<void>) => {
    let offset = 0;
    let start = Buffer.alloc(0);
    return async (bytes) => {
      if (start.length < headBytes) {
        start = Buffer.concat([start, bytes.subarray(0, headBytes - start.length)]);
        if (!isSame(start, known.head)) {
          await onGap();
          known.received = 0;
        }
        if (!isSame(start, known.head) || start.length > known.head.length) known.head = start;
      }
      const fresh = bytes.subarray(Math.max(0, known.received - offset));
      offset += bytes.length;
      if (fresh.length === 0) return;
      await onBytes(fresh);
      known.received += fresh.length;
    };
  };
  const read = async ({ pod, how, signal }: Visit): Promise<string | undefined> => {
    if (signal.aborted) return "it was broken off";
    const words = ["logs", `pod/${pod}`, "--container", jobContainer, ...(how === "follow" ? ["--follow"] : [])];
    const client = await startClient([cluster.kubectl, ...pinned(cluster), ...words], env);
    if (typeof client === "string") return client;
    client.stdin.end();
    using alarm = createAlarm(quietMs, signal, client.kill);
    const take = reading();
    for await (const bytes of client.stdout) {
      if (signal.aborted) break;
      if (!(bytes instanceof Uint8Array)) continue;
      // While what came is being stored, silence is ours.
      alarm.pause();
      await take(bytes);
      alarm.rest();
    }
    const { exitCode, stderr } = await client.ended;
    return exitCode === 0 && !signal.aborted ? undefined : lastLineOf(stderr);
  };
  return { read };
}

/** As far as both go. */
function isSame(one: Buffer, other: Buffer): boolean {
  const length = Math.min(one.length, other.length);
  return one.subarray(0, length).equals(other.subarray(0, length));
}
