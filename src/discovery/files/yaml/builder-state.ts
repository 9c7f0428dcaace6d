import type { Keeping, KnownKey, KnownTexts } from "./known-texts.ts";

/** What an anchor (`&name`) stands for. */
interface Anchor extends Extent {
  readonly value: unknown;
}

export interface Extent {
  /** Values inside, aliases counted as often as they stand there. */
  readonly size: number;
  /** Levels of lists and mappings. */
  readonly height: number;
}

/** What holds for all pieces of one document. */
export interface DocumentMemory {
  readonly texts: KnownTexts;
  /** Undefined as long as the value is still being read. */
  readonly anchors: Map<string, Anchor | undefined>;
  aliasedValues: number;
  /** The key that was read last, wherever it stands. */
  lastKey: KnownKey | undefined;
  /** What was written where the text has something else (see `withoutPlaceholders`). */
  readonly original: ((part: string) => string) | undefined;
}

export function documentMemory(texts: KnownTexts, original?: DocumentMemory["original"]): DocumentMemory {
  return { texts, anchors: new Map(), aliasedValues: 0, lastKey: undefined, original };
}

/** Something in the text, at an offset from its beginning. */
export interface Remark {
  readonly offset: number;
  readonly text: string;
  /** Nothing after it in the document can be read either. */
  readonly isFinal?: boolean;
}

/** The value of a text, with where its parts stand. */
export interface YamlValue {
  /** Undefined for a text without content. */
  readonly value: unknown;
  /** Where each mapping begins that is an item of a list, or the outermost. */
  readonly starts: ReadonlyMap<object, number>;
  /** The keys of the outermost mapping. */
  readonly outerKeys: readonly { readonly key: string; readonly offset: number }[];
  readonly remarks: readonly Remark[];
}

/** A list or mapping that is being built. */
export interface Frame {
  readonly list: unknown[] | undefined;
  readonly mapping: Record<string, unknown> | undefined;
  readonly isSecret: boolean;
  /** Decided by the nearest key around: the paths of a route are items of a list below `paths`. */
  readonly keeping: Keeping;
  readonly anchor: string | undefined;
  key: KnownKey | undefined;
  /** Of a list, the key whose value it is. */
  readonly listKey: KnownKey | undefined;
  /** The key is `<<`. */
  isMerge: boolean;
  merged: unknown[] | undefined;
  size: number;
  height: number;
}

/**
 * Builds a value from what a parser meets, in its order. Secrets are taken out on the way, equal texts are kept once,
 * aliases share what they stand for and are counted, and `__proto__` is no key.
 */
export interface ValueBuilder {
  readonly memory: DocumentMemory;
  readonly frames: Frame[];
  readonly starts: Map<object, number>;
  readonly outerKeys: { readonly key: string; readonly offset: number }[];
  readonly remarks: Remark[];
  value: unknown;
  /** Of the scalar that comes next. */
  anchor: string | undefined;
  /** Why building ended early. */
  trouble: Remark | undefined;
}

export function valueBuilder(memory: DocumentMemory): ValueBuilder {
  return {
    memory,
    frames: [],
    starts: new Map(),
    outerKeys: [],
    remarks: [],
    value: undefined,
    anchor: undefined,
    trouble: undefined,
  };
}
