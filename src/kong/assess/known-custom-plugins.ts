import { isBundled } from "#src/kong/bundled-plugins.ts";
import { valuesOfKong } from "#src/kong/chart-values.ts";
import type { CustomPlugin, HelmRelease } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { isRecord, valueAt } from "./field-path.ts";
import { runningRelease } from "./hop.ts";

/** Where a plugin was met that nobody listed as installed. */
export interface Meeting {
  /** e.g. `plugin acme-audit on route orders (kong.yml:12)`, `kong.conf line 3`. */
  readonly label: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** A custom plugin of which somebody told at least the name. */
export type KnownPlugin = Omit<CustomPlugin, "sources"> &
  Partial<Pick<CustomPlugin, "sources">> & { readonly metAt?: Meeting };

/**
 * Plugins that Kong does not ship in the running version and edition, each name once: by their sources, by the list of
 * what is installed, and where only their use is seen, by the key `plugins` of kong.conf, by Helm values and by their
 * instances.
 */
export function knownCustomPlugins(context: Context): readonly KnownPlugin[] {
  const { inventory, hop } = context;
  const { version, edition } = runningRelease(hop, inventory.deployment.edition);
  const known = new Map<string, KnownPlugin>(inventory.customPlugins.map((plugin) => [plugin.name, plugin]));
  const isCustom = (name: string): boolean => name !== "" && !known.has(name) && !isBundled(name, version, edition);
  for (const plugin of inventory.installedPlugins) if (isCustom(plugin.name)) known.set(plugin.name, plugin);
  for (const { name, metAt } of metPlugins(context)) if (isCustom(name)) known.set(name, { name, metAt: metAt() });
  return [...known.values()];
}

interface Met {
  readonly name: string;
  readonly metAt: () => Meeting;
}

/** Every name of a plugin that is used or enabled, in the order in which a reader would look for it. */
function metPlugins(context: Context): readonly Met[] {
  return [...inSettings(context), ...context.inventory.helmReleases.flatMap(inRelease), ...inUse(context)];
}

/** The words of the key `plugins` that stand for several plugins, or for none (kong.conf.default of 2.8 and 3.9). */
const collective: ReadonlySet<string> = new Set(["bundled", "off"]);

function inSettings({ settings }: Context): readonly Met[] {
  return settings("plugins").flatMap(({ fields, describe }) => {
    const value = isRecord(fields) ? fields["value"] : undefined;
    if (typeof value !== "string") return [];
    const names = value.split(",").map((name) => name.trim());
    return names.filter((name) => !collective.has(name)).map((name) => ({ name, metAt: describe }));
  });
}

/** The chart mounts these and enables them (Kong/charts, charts/kong/values.yaml, `plugins`). */
function inRelease({ name: release, file, values }: HelmRelease): readonly Met[] {
  const own = valuesOfKong(values);
  const lists = ["configMaps", "secrets"].map((list) => valueAt(own, ["plugins", list]));
  return lists.flatMap((list): readonly Met[] => {
    const mounts: readonly unknown[] = Array.isArray(list) ? list : [];
    return mounts.flatMap((mount) => {
      const name = valueAt(mount, ["pluginName"]);
      return typeof name === "string" ? [{ name, metAt: () => ({ label: `Helm release ${release}`, file }) }] : [];
    });
  });
}

function inUse({ plugins, pluginNames }: Context): readonly Met[] {
  return pluginNames().flatMap((name) => {
    const [first] = plugins(name);
    return first === undefined ? [] : [{ name, metAt: first.describe }];
  });
}
