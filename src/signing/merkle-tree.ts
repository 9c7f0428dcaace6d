import { createHash } from "node:crypto";

/** Merkle tree hash over the leaves in order, as RFC 6962 §2.1 defines it; 32 bytes. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  return rootOf(leaves.map((leaf) => sha256(leafPrefix, leaf)));
}

const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** Pairing neighbours level by level, the odd one moving up unchanged, gives the same tree as the RFC's recursion. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  for (;;) {
    const [first, second] = level;
    if (first === undefined) return sha256();
    if (second === undefined) return first;
    level = pairUp(level);
  }
}

function pairUp(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = level.slice(index, index + 2);
    if (left === undefined) break;
    parents.push(right === undefined ? left : sha256(nodePrefix, left, right));
  }
  return parents;
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
