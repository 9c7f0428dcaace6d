import { treeHash } from "./merkle-tree.ts";

/** The body of a C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint): which log, how many entries, and the hash over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** RFC 6962 Merkle tree hash, base64. */
  readonly root: string;
}

/** The checkpoint of a log with exactly these entries. */
export function checkpointOf(origin: string, entries: readonly Uint8Array[]): Checkpoint {
  return { origin, size: entries.length, root: Buffer.from(treeHash(entries)).toString("base64") };
}

/** The note text, ready to be signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root}\n`;
}

/** Reads a note text; extension lines are allowed and ignored. Undefined for anything else. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const match = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/u.exec(text);
  const [, origin, size, root] = match ?? [];
  if (origin === undefined || size === undefined || root === undefined) return undefined;
  return { origin, size: Number(size), root };
}
