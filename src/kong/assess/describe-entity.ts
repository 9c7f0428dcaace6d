import type { Entity } from "#src/kong/inventory.ts";
import { visible } from "./shown-value.ts";
import type { Description } from "./subject.ts";

/** `route orders (id) in workspace shop`, `plugin acl on route orders (id, disabled)`, `global plugin cors (kong.yml:12)`, `plugin cors of KongPlugin shop/cors (all.yaml:3)`. */
export function describeEntity(entity: Entity): Description {
  const { id, name, workspace, place } = entity;
  const details = detailsOf(entity);
  const about = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const where = workspace === undefined ? "" : ` in workspace ${workspace}`;
  return {
    label: visible(`${namedOf(entity)}${about}${where}`),
    what: visible(whatOf(entity)),
    id,
    name,
    workspace,
    file: place?.file,
    line: place?.line,
  };
}

function whatOf(entity: Entity): string {
  return entity.kind === "plugin" ? `plugin ${calledOf(entity)}` : entity.kind.replaceAll("_", " ");
}

function calledOf({ name, id }: Entity): string {
  return name ?? id ?? "";
}

function namedOf(entity: Entity): string {
  if (entity.kind !== "plugin") return `${whatOf(entity)} ${calledOf(entity)}`.trimEnd();
  if (entity.resource !== undefined) return namedByResource(entity, entity.resource);
  if (entity.parents.length === 0) return `global ${whatOf(entity)}`;
  const parents = entity.parents.map((parent) => `${parent.kind.replaceAll("_", " ")} ${parent.name}`);
  return `${whatOf(entity)} on ${parents.join(", ")}`;
}

function namedByResource(entity: Entity, resource: NonNullable<Entity["resource"]>): string {
  const { kind, namespace, name, isGlobal } = resource;
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  return `${isGlobal ? "global " : ""}${whatOf(entity)} of ${kind} ${where}`;
}

function detailsOf(entity: Entity): readonly string[] {
  const { id, place, fields } = entity;
  const line = place?.line === undefined ? "" : `:${place.line}`;
  return [
    ...(id === undefined || id === calledOf(entity) ? [] : [id]),
    ...(place === undefined ? [] : [`${place.file}${line}`]),
    ...(fields["enabled"] === false ? ["disabled"] : []),
  ];
}
