import type { Block } from "./blocks.ts";

/** Slack allows 50 blocks per message; platform practice is to split checklists earlier. */
const blocksPerMessage = 40;
/** All text of one message together; Slack's documents ask for at most some 4,000 per text, blocks carry more. */
const charactersPerMessage = 12_000;

/** Blocks in as many messages as they need, in order. */
export function messageParts(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const parts: Block[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const length = JSON.stringify(block).length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= blocksPerMessage || size + length > charactersPerMessage) {
      parts.push([block]);
      size = length;
    } else {
      last.push(block);
      size += length;
    }
  }
  return parts;
}
