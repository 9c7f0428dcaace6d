import type { Input } from "#src/kong/inventory.ts";
import type { Subject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

/** The object a condition is judged on, and, inside a list that conditions share, the element. */
export interface Scope {
  readonly subject: Subject;
  readonly input: Input;
  readonly element?: {
    /** As it was found, e.g. `targets[2]`; made only for what is hit. */
    readonly path: () => string;
    readonly value: unknown;
  };
}

/** A condition made ready once, to be judged on many objects. */
export type Judge = (scope: Scope) => Verdict;

/** Where a path begins: inside the list whose elements conditions share, or at the object. */
export interface Start {
  readonly path: string;
  readonly isInElement: boolean;
}

/** Splits a path at the shared list, which conditions write as `targets[*]`. */
export function startOf(path: string, list: string | undefined): Start {
  const isInElement = list !== undefined && path.startsWith(list);
  return { path: isInElement ? path.slice(list.length).replace(/^\./u, "") : path, isInElement };
}

/** The value that a path begins at. */
export function rootOf({ subject, element }: Scope, { isInElement }: Start): unknown {
  return isInElement && element !== undefined ? element.value : subject.fields;
}

/** The whole path of what was found, as people write it. */
export function pathIn({ element }: Scope, { isInElement }: Start, found: string): string {
  if (!isInElement || element === undefined) return found;
  const path = element.path();
  return found === "" || found.startsWith("[") ? path + found : `${path}.${found}`;
}
