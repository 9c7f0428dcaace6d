import type { Input } from "#src/kong/inventory.ts";
import type { Subject } from "./subject.ts";

/** The object a condition is judged on, and, inside a list that conditions share, the element. */
export interface Scope {
  readonly subject: Subject;
  readonly input: Input;
  readonly element?: {
    /** As conditions write it, e.g. `targets[*]`. */
    readonly list: string;
    /** As it was found, e.g. `targets[2]`. */
    readonly path: string;
    readonly value: unknown;
  };
}

/** Where a path of a condition begins: at the element when it leads through its list, at the object otherwise. */
export function resolve(scope: Scope, path: string): { root: unknown; path: string; prefix: string } {
  const { element, subject } = scope;
  if (element === undefined || !path.startsWith(element.list)) return { root: subject.fields, path, prefix: "" };
  return { root: element.value, path: path.slice(element.list.length), prefix: element.path };
}

/** A path below a prefix, as people write it. */
export function joined(prefix: string, path: string): string {
  if (prefix === "" || path === "") return prefix + path;
  return path.startsWith("[") ? prefix + path : `${prefix}.${path}`;
}
