type Fields = Readonly<Record<string, unknown>>;

const chartKeys = ["image", "env", "proxy", "admin", "ingressController", "migrations", "postgresql", "dblessConfig"];

/**
 * The values of Kong's own chart. Where it is part of another chart they are below its name, which `kong/ingress` calls
 * gateway (Kong/charts, charts/kong/values.yaml and charts/ingress/values.yaml).
 */
export function valuesOfKong(values: Fields): Fields {
  if (isOfKong(values)) return values;
  for (const name of ["kong", "gateway"]) {
    const nested = values[name];
    if (isFields(nested)) return nested;
  }
  return values;
}

/** Whether values have at least one of the keys that Kong's chart is configured with. */
function isOfKong(values: Fields): boolean {
  return chartKeys.some((key) => Object.hasOwn(values, key));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
