import type { Input } from "#src/kong/inventory.ts";

/** How a subject is called in evidence. */
export interface Description {
  /** e.g. `plugin acl on route orders (3f…)`, `kong.conf line 12`, `kong/plugins/foo/handler.lua`. */
  readonly label: string;
  /** e.g. `route`, `plugin acl`, `kong.conf`. */
  readonly what: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly workspace?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** One object that conditions look into: an entity, a setting, a text, a release, a host … */
export interface Subject {
  readonly fields: unknown;
  /** Lines of a text, without those that are comments; patterns are looked for line by line. */
  readonly lines?: readonly TextLine[];
  /** Where a field is; without a file in the one that the subject comes from. */
  readonly placeOf?: (field: string) => { readonly file?: string; readonly line?: number } | undefined;
  /** True of the upgrade as a whole (version, topology): evidence only where there is no other. */
  readonly isCircumstance?: true;
  readonly describe: () => Description;
}

export interface TextLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What a condition looks at. */
export interface Subjects {
  readonly all: readonly Subject[];
  /** Where they come from, in the words of discovery. */
  readonly input: Input;
  /** Whether all of it was read; where not, finding nothing proves nothing. */
  readonly isComplete: boolean;
}

const untoldBecause = Symbol("untold");

/** Stands for a fact that nobody told, although it has a value. */
export interface Untold {
  readonly [untoldBecause]: Input;
}

/** A fact that the input would tell. */
export function untold(input: Input): Untold {
  return { [untoldBecause]: input };
}

/** The input that would tell the fact; undefined for a value that is known. */
export function inputThatTells(value: unknown): Input | undefined {
  return isUntold(value) ? value[untoldBecause] : undefined;
}

function isUntold(value: unknown): value is Untold {
  return typeof value === "object" && value !== null && untoldBecause in value;
}
