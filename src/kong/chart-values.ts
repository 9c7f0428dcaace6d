import type { HelmRelease, Place } from "./inventory.ts";

type Fields = Readonly<Record<string, unknown>>;

const chartKeys = ["image", "env", "proxy", "admin", "ingressController", "migrations", "postgresql", "dblessConfig"];

/**
 * The values of Kong's own chart. Where it is part of another chart they are below its name, which `kong/ingress` calls
 * gateway (Kong/charts, charts/kong/values.yaml and charts/ingress/values.yaml).
 */
export function valuesOfKong(values: Fields): Fields {
  const key = keyOfKong(values);
  const nested = key === undefined ? values : values[key];
  return isFields(nested) ? nested : values;
}

/** The key of another chart's values below which those of Kong's chart are; undefined where they are not nested. */
function keyOfKong(values: Fields): string | undefined {
  return isOfKong(values) ? undefined : ["kong", "gateway"].find((name) => isFields(values[name]));
}

/** Where a value of Kong's chart stands, or for one that is not set what it would be in; undefined where nobody knows. */
export function placeOfValue({ values, places }: HelmRelease, field: string): Place | undefined {
  const key = keyOfKong(values);
  const names = field.replaceAll(/\[[^\]]*\]/gu, "").split(".");
  for (let depth = names.length; depth > 0; depth -= 1) {
    const path = [...(key === undefined ? [] : [key]), ...names.slice(0, depth)].join(".");
    const place = places?.get(path);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Whether values have at least one of the keys that Kong's chart is configured with. */
function isOfKong(values: Fields): boolean {
  return chartKeys.some((key) => Object.hasOwn(values, key));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
