import { type Problem, isObject, problem } from "./rules.ts";

/** Lists block_ids that occur twice, and action_ids that occur twice within one block. */
export function uniqueness(blocks: unknown, at: string): readonly Problem[] {
  if (!Array.isArray(blocks)) return [];
  const seen = new Set<unknown>();
  return blocks.flatMap((block: unknown, index) => {
    if (!isObject(block)) return [];
    const id = block["block_id"];
    const isRepeated = id !== undefined && seen.has(id);
    seen.add(id);
    const here = `${at}/${index}`;
    return [
      ...(isRepeated
        ? problem(`${here}/block_id`, "duplicate", `\`block_id\` already exists: ${JSON.stringify(id)}`)
        : []),
      ...repeatedActions(block, here),
    ];
  });
}

function repeatedActions(block: { readonly [key: string]: unknown }, at: string): readonly Problem[] {
  const elements = block["elements"];
  if (!Array.isArray(elements)) return [];
  const seen = new Set<unknown>();
  return elements.flatMap((element: unknown, index) => {
    const id = isObject(element) ? element["action_id"] : undefined;
    if (id === undefined) return [];
    const isRepeated = seen.has(id);
    seen.add(id);
    return isRepeated
      ? problem(`${at}/elements/${index}/action_id`, "duplicate", `\`action_id\` already exists: ${JSON.stringify(id)}`)
      : [];
  });
}
