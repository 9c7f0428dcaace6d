import type { Inventory, Setting } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { visible } from "./shown-value.ts";
import type { Description, Subjects } from "./subject.ts";

/** `kong.conf line 12`, `environment of node kong-1`, `helm values.yaml:3`. */
export function describeSetting(setting: Setting): Description {
  const { origin, node, place } = setting;
  const what = origins[origin];
  const line = place?.line === undefined ? "" : ` line ${place.line}`;
  const onNode = node === undefined ? "" : ` of node ${node}`;
  return {
    label: visible(`${what}${line}${onNode}`),
    what,
    name: setting.key,
    file: place?.file,
    line: place?.line,
  };
}

const origins: Readonly<Record<Setting["origin"], string>> = {
  file: "kong.conf",
  environment: "environment",
  helm: "Helm values",
  live: "configuration of the running node",
};

/**
 * Where a key is not set although the configuration was read: the nodes that lack it, or the installation as a whole where
 * no node is named. Each is a subject without a value.
 */
export function unsetSubjects(key: string, { inventory, settings, from, isRead }: Context): Subjects {
  const set = new Set(settings(key).map(({ fields }) => nodeOf(fields)));
  const nodes = nodesOf(inventory);
  const lacking = set.has(undefined) ? [] : nodes.filter((node) => !set.has(node));
  const places = nodes.length > 0 ? lacking : [undefined].filter(() => set.size === 0);
  const all = places.map((node) => ({
    fields: undefined,
    describe: () => ({
      label: visible(node === undefined ? "kong.conf" : `kong.conf of node ${node}`),
      what: "kong.conf",
    }),
  }));
  const subjects = from("configuration", isRead("configuration") ? all : []);
  return set.size > 0 ? { ...subjects, isComplete: true } : subjects;
}

function nodesOf({ settings }: Inventory): readonly string[] {
  return [...new Set(settings.flatMap(({ node }) => (node === undefined ? [] : [node])))];
}

function nodeOf(fields: unknown): string | undefined {
  return typeof fields === "object" && fields !== null && "node" in fields && typeof fields.node === "string"
    ? fields.node
    : undefined;
}
