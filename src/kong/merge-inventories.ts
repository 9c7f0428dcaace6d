import type { CustomPlugin, Deployment, Input, InputState, Inventory } from "./inventory.ts";
import { inputs } from "./inventory.ts";

/**
 * Two inventories of one installation, e.g. what a live reader and what files told. Where both tell the same single fact
 * (database, topology, the state of migrations), the first counts: give the more reliable one first.
 */
export function mergeInventories(first: Inventory, second: Inventory): Inventory {
  const environmentNames = union(first.environmentNames, second.environmentNames);
  const adminApiSegments = union(first.adminApiSegments, second.adminApiSegments);
  const databaseServer = first.databaseServer ?? second.databaseServer;
  const migrations = first.migrations ?? second.migrations;
  return {
    inputs: mergeStates(first, second),
    deployment: mergeDeployments(first.deployment, second.deployment),
    entities: joined(first.entities, second.entities),
    settings: joined(first.settings, second.settings),
    ...(environmentNames === undefined ? {} : { environmentNames }),
    customPlugins: mergePlugins([...first.customPlugins, ...second.customPlugins]),
    installedPlugins: [
      ...first.installedPlugins,
      ...second.installedPlugins.filter(({ name }) => !first.installedPlugins.some((plugin) => plugin.name === name)),
    ],
    templates: joined(first.templates, second.templates),
    scripts: joined(first.scripts, second.scripts),
    dashboards: joined(first.dashboards, second.dashboards),
    declarativeFiles: joined(first.declarativeFiles, second.declarativeFiles),
    helmReleases: joined(first.helmReleases, second.helmReleases),
    manifests: joined(first.manifests, second.manifests),
    dataPlanes: joined(first.dataPlanes, second.dataPlanes),
    ...(databaseServer === undefined ? {} : { databaseServer }),
    ...(migrations === undefined ? {} : { migrations }),
    hosts: joined(first.hosts, second.hosts),
    ...(adminApiSegments === undefined ? {} : { adminApiSegments }),
    today: first.today,
  };
}

/** Lists can be long, and one of them is empty most of the time. */
function joined<Item>(first: readonly Item[], second: readonly Item[]): readonly Item[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}

function union(
  first: readonly string[] | undefined,
  second: readonly string[] | undefined,
): readonly string[] | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return [...new Set([...first, ...second])];
}

function mergeStates(first: Inventory, second: Inventory): Inventory["inputs"] {
  const states = { ...first.inputs };
  for (const input of Object.keys(inputs))
    if (isInput(input)) states[input] = mergeState(first.inputs[input], second.inputs[input]);
  return states;
}

function isInput(text: string): text is Input {
  return Object.hasOwn(inputs, text);
}

/** What one source could not read makes the whole `partly`, also where another source read everything it has. */
export function mergeState(first: InputState, second: InputState): InputState {
  if (first.kind === "not_given") return second;
  if (second.kind === "not_given") return first;
  const problems = [first, second].flatMap((state) => ("problem" in state ? [state.problem] : []));
  if (problems.length === 0) return { kind: "read" };
  if (first.kind === "failed" && second.kind === "failed") return { kind: "failed", problem: problems.join("; ") };
  const isByTheWay = [first, second].every((state) => state.kind === "read" || isReadByTheWay(state));
  return { kind: "partly", problem: problems.join("; "), ...(isByTheWay ? { isByTheWay } : {}) };
}

function isReadByTheWay(state: InputState): boolean {
  return state.kind === "partly" && state.isByTheWay === true;
}

/** Facts of the first go before those of the second. */
export function mergeDeployments(first: Deployment, second: Deployment): Deployment {
  return { ...second, ...first };
}

/** A plugin of one name once: an Admin API tells its version and priority, a folder its sources. */
function mergePlugins(plugins: readonly CustomPlugin[]): readonly CustomPlugin[] {
  const byName = new Map<string, CustomPlugin>();
  for (const plugin of plugins) {
    const known = byName.get(plugin.name);
    byName.set(
      plugin.name,
      known === undefined ? plugin : { ...plugin, ...known, sources: joined(known.sources, plugin.sources) },
    );
  }
  return [...byName.values()];
}
