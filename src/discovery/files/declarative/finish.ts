import type { Entity, EntityKind } from "#src/kong/inventory.ts";
import type { LooseTarget } from "./document.ts";
import type { Fields } from "./entity-fields.ts";
import { addTrouble } from "#src/discovery/files/trouble.ts";
import type { Trouble } from "#src/discovery/files/trouble.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";

/** What holds for the entities of all files of a configuration. */
export interface WholeConfiguration {
  readonly troubles: Trouble[];
  readonly targets: LooseTarget[];
  readonly pluginConfigs: Map<string, Fields>;
  readonly defaults: Map<EntityKind, Fields>;
  targetDefaults: Fields | undefined;
}

/** What only the whole configuration tells: shared plugin configurations, defaults, names behind ids, loose targets. */
export function finishEntities(whole: WholeConfiguration, entities: readonly Entity[]): readonly Entity[] {
  const names = namesById(entities);
  const targets = Map.groupBy(whole.targets, ({ upstream }) => upstream);
  return entities.map((entity) => {
    const named = withParentNames(entity, names);
    if (entity.kind === "plugin") return withSharedConfig(whole, named);
    if (entity.kind === "upstream")
      return withTargets(whole, named, [
        ...(targets.get(entity.name ?? "") ?? []),
        ...(entity.id === undefined ? [] : (targets.get(entity.id) ?? [])),
      ]);
    const defaults = whole.defaults.get(entity.kind);
    return defaults === undefined ? named : { ...named, fields: { ...defaults, ...entity.fields } };
  });
}

type Names = ReadonlyMap<EntityKind, ReadonlyMap<string, string>>;

/** Names of the entities that others refer to, by id. */
function namesById(entities: readonly Entity[]): Names {
  const kinds = ["service", "route", "consumer", "consumer_group", "certificate"] as const;
  const names = new Map<EntityKind, Map<string, string>>(kinds.map((kind) => [kind, new Map()]));
  for (const { kind, id, name } of entities) if (id !== undefined && name !== undefined) names.get(kind)?.set(id, name);
  return names;
}

function withParentNames(entity: Entity, names: Names): Entity {
  if (!entity.parents.some(({ kind, name }) => names.get(kind)?.has(name) === true)) return entity;
  const parents = entity.parents.map(({ kind, name }) => ({ kind, name: names.get(kind)?.get(name) ?? name }));
  return { ...entity, parents };
}

/** A plugin's own fields go over those of the shared configuration (decK). */
function withSharedConfig({ pluginConfigs, troubles }: WholeConfiguration, entity: Entity): Entity {
  // Most plugins have none, and taking the fields apart would copy those of all.
  if (typeof entity.fields["_config"] !== "string") return entity;
  const { _config: name, config, ...fields } = entity.fields;
  const shared = pluginConfigs.get(name);
  if (shared === undefined) {
    addTrouble(troubles, {
      file: entity.place?.file ?? "",
      line: entity.place?.line,
      text: `_config: no such entry in _plugin_configs; read the file that has it too`,
    });
    return entity;
  }
  return { ...entity, fields: { ...fields, config: { ...shared, ...(isMapping(config) ? config : {}) } } };
}

function withTargets(
  { defaults, targetDefaults }: WholeConfiguration,
  entity: Entity,
  loose: readonly LooseTarget[],
): Entity {
  const written = entity.fields["targets"];
  const own: readonly unknown[] = Array.isArray(written) ? written : [];
  if (loose.length === 0 && targetDefaults === undefined && !defaults.has("upstream")) return entity;
  const targets = [...own, ...loose.map(({ target }) => target)].map((target) => filled(target, targetDefaults));
  const fields = { ...defaults.get("upstream"), ...entity.fields };
  return { ...entity, fields: targets.length === 0 ? fields : { ...fields, targets } };
}

function filled(target: unknown, defaults: Fields | undefined): unknown {
  return isMapping(target) && defaults !== undefined ? { ...defaults, ...target } : target;
}
