import type { Transport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import type { RemoteCall } from "#src/run/transports/run-remote.ts";
import type { Transports } from "#src/run/transports/transports.ts";

export interface RanRemotely {
  readonly end: ProcessEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

let count = 0;

/** A name for a state directory that no other call has. */
export function newName(): string {
  count += 1;
  return `KU-2026-0001.work.1.${count}.${process.pid}`;
}

export async function runThere(
  transports: Transports,
  via: Transport,
  argv: readonly string[],
  changes: Partial<RemoteCall> = {},
): Promise<RanRemotely> {
  const streams: Record<"stdout" | "stderr", Uint8Array[]> = { stdout: [], stderr: [] };
  const end = await transports.run(via, {
    name: newName(),
    argv,
    env: {},
    timeoutMs: 60_000.5,
    onOutput: async (stream, bytes) => {
      streams[stream].push(Buffer.from(bytes));
    },
    ...changes,
  });
  return { end, stdout: Buffer.concat(streams.stdout), stderr: Buffer.concat(streams.stderr) };
}

export function shellThere(
  transports: Transports,
  via: Transport,
  script: string,
  changes: Partial<RemoteCall> = {},
): Promise<RanRemotely> {
  return runThere(transports, via, ["/bin/sh", "-c", script], changes);
}
