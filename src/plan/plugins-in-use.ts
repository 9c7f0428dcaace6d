import type { Facts } from "#src/kong/facts.ts";

/** Which of these plugins the installation uses, by what its Admin API told; sorted. */
export function pluginsInUse({ nodes, installation }: Facts, names: ReadonlySet<string>): readonly string[] {
  const told = [
    ...nodes.flatMap(({ admin }) => admin?.plugins ?? []),
    ...(installation?.plugins?.value ?? []).filter(({ instances }) => instances > 0).map(({ name }) => name),
  ];
  return [...new Set(told)].filter((name) => names.has(name)).toSorted();
}
