import { isRecord } from "./field-path.ts";
import type { Subject } from "./subject.ts";

/** The fields that any of the instances has: `ordering`, `config.queue`. */
export function fieldNames(plugins: readonly Subject[]): ReadonlySet<string> {
  const names = new Set<string>();
  const inConfig = new Set<string>();
  for (const { fields } of plugins) {
    if (!isRecord(fields)) continue;
    for (const key of Object.keys(fields)) names.add(key);
    const { config } = fields;
    if (isRecord(config)) for (const key of Object.keys(config)) inConfig.add(key);
  }
  for (const key of inConfig) names.add(`config.${key}`);
  return names;
}
