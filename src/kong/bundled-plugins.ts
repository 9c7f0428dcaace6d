import type { Edition } from "./releases.ts";
import { isAtLeast } from "./version.ts";
import type { Version } from "./version.ts";
import { enterprisePlugins } from "./bundled/enterprise-plugins.ts";
import { ossPlugins } from "./bundled/oss-plugins.ts";
import type { PluginHistory } from "./bundled/plugin-history.ts";

/** A plugin that Kong ships. */
export interface BundledPlugin {
  readonly name: string;
  /** Higher runs first; undefined where no source tells. `Infinity` for pre-function before 3.0. */
  readonly priority: number | undefined;
}

/** Every plugin that a version ships in one edition, by name. A plugin with another name is custom or from a third party. */
export function bundledIn(version: Version, edition: Edition): readonly BundledPlugin[] {
  return pluginsOf(edition)
    .filter((plugin) => isIn(plugin, version))
    .map((plugin) => ({ name: plugin[0], priority: priorityAt(plugin, { version, edition }) }));
}

/** Whether a version ships a plugin of this name; a custom plugin of the same name would clash with it. */
export function isBundled(name: string, version: Version, edition: Edition): boolean {
  return pluginsOf(edition).some((plugin) => plugin[0] === name && isIn(plugin, version));
}

/** The priority of a bundled plugin; undefined where no source tells, or the version does not ship it. */
export function priorityOf(name: string, version: Version, edition: Edition): number | undefined {
  return bundledIn(version, edition).find((plugin) => plugin.name === name)?.priority;
}

const allPlugins: readonly PluginHistory[] = [...ossPlugins, ...enterprisePlugins].toSorted(([left], [right]) =>
  left < right ? -1 : 1,
);

function pluginsOf(edition: Edition): readonly PluginHistory[] {
  return edition === "oss" ? ossPlugins : allPlugins;
}

function isIn([, since, , until]: PluginHistory, version: Version): boolean {
  return isAtLeast(version, since) && (until === undefined || !isAtLeast(version, until));
}

/**
 * Where Enterprise has another history than OSS. Its list of 3.4 shows correlation-id at 100001 already, and its breaking changes
 * name 3.9 for it, so the value is taken from 3.9 on only.
 */
const enterpriseHistories: Readonly<Record<string, PluginHistory[2]>> = {
  "correlation-id": [["3.9", 100_001]],
  "standard-webhooks": [
    ["3.8", 760],
    ["3.14", 759],
  ],
};

interface Where {
  readonly version: Version;
  readonly edition: Edition;
}

function priorityAt([name, , priorities]: PluginHistory, { version, edition }: Where): number | undefined {
  const history = edition === "enterprise" ? (enterpriseHistories[name] ?? priorities) : priorities;
  return history.findLast(([from]) => isAtLeast(version, from))?.[1];
}
