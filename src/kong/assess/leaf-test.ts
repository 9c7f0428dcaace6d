import type { Leaf, Test } from "#src/kong/catalogue/condition.ts";

/** What a leaf asks of its value; undefined where existing is enough. */
export function testOf(leaf: Leaf): Test | undefined {
  return isTest(leaf) ? leaf : undefined;
}

/** The path of a leaf inside the object it looks at, under the names of its subjects. */
export function pathOf(leaf: Leaf): string | undefined {
  if (leaf.kind === "conf") return "value";
  if (!("path" in leaf) || leaf.path === undefined) return undefined;
  // Several words fit one strategy.
  if (leaf.kind === "deployment" && leaf.path === "strategy") return "strategy[*]";
  // Every data plane is an object of its own here.
  if (leaf.kind === "data_planes") return leaf.path.replace(/^\[\*\]\.?/u, "");
  return leaf.path;
}

function isTest(leaf: object): leaf is Test {
  return "predicate" in leaf && typeof leaf.predicate === "string";
}
