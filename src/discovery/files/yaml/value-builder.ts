import { redacted } from "#src/discovery/redact.ts";
import { bounds } from "#src/discovery/files/bounds.ts";
import type { Extent, Frame, Remark, ValueBuilder } from "./builder-state.ts";
import { hideSecret } from "./known-texts.ts";
import type { KnownKey, Repeat } from "./known-texts.ts";
import { plainValueOf } from "./plain-scalar.ts";

export function openList(builder: ValueBuilder, anchor: string | undefined): void {
  open(builder, { list: [], mapping: undefined, anchor });
}

export function openMapping(builder: ValueBuilder, offset: number, anchor: string | undefined): void {
  const mapping = {};
  const parent = builder.frames.at(-1);
  if (parent === undefined || parent.list !== undefined) builder.starts.set(mapping, offset);
  open(builder, { list: undefined, mapping, anchor });
}

function open(builder: ValueBuilder, { list, mapping, anchor }: Pick<Frame, "list" | "mapping" | "anchor">): void {
  const parent = builder.frames.at(-1);
  const key = parent?.key;
  if (anchor !== undefined) builder.memory.anchors.set(anchor, undefined);
  builder.frames.push({
    list,
    mapping,
    anchor,
    isSecret: parent !== undefined && isSecretIn(parent),
    keeping: key?.keeping ?? (parent?.list === undefined ? "text" : parent.keeping),
    key: undefined,
    listKey: list === undefined ? undefined : key,
    isMerge: false,
    merged: undefined,
    size: 1,
    height: 1,
  });
}

/** Below a key that tells a secret everything is one. */
function isSecretIn({ isSecret, key }: Frame): boolean {
  return isSecret || key?.isSecret === true;
}

/** Names of a Kubernetes secret and of a plugin, below `secret` of a volume and `plugins.secrets` of Kong's chart. */
function isNameIn({ key }: Frame): boolean {
  return key?.name === "secretName" || key?.name === "pluginName";
}

export function close(builder: ValueBuilder, offset: number): void {
  const frame = builder.frames.pop();
  if (frame === undefined) return;
  if (frame.merged !== undefined) mergeInto(builder, frame, offset);
  const value = frame.list === undefined ? frame.mapping : keptList(builder, frame.list);
  if (frame.anchor !== undefined) {
    builder.memory.anchors.set(frame.anchor, { value, size: frame.size, height: frame.height });
  }
  put(builder, offset, value, frame);
}

/** Equal lists of texts become one, and others lose the room for more items that they got while they grew. */
function keptList({ frames }: ValueBuilder, list: readonly unknown[]): readonly unknown[] {
  const key = frames.at(-1)?.key;
  if (key === undefined) return list.slice();
  // Equal texts are kept once; lists and mappings of two places never are the same.
  if (!isSame(key.lastList, list)) key.lastList = list.slice();
  return key.lastList;
}

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

/** Fields of `<<` count where the mapping does not have them itself; of several the first (YAML 1.1, merge key). */
function mergeInto(builder: ValueBuilder, { mapping, merged }: Frame, offset: number): void {
  const sources = (merged ?? []).flatMap((source: unknown): readonly unknown[] =>
    Array.isArray(source) ? source : [source],
  );
  for (const source of sources) {
    if (typeof source !== "object" || source === null || mapping === undefined) {
      remark(builder, { offset, text: "<< needs a mapping, or a list of mappings" });
      continue;
    }
    for (const [key, value] of Object.entries(source)) if (!Object.hasOwn(mapping, key)) mapping[key] = value;
  }
}

function remark({ remarks }: ValueBuilder, met: Remark): void {
  if (remarks.length < bounds.remarks) remarks.push(met);
}

/** How a scalar is written; without quotes it may stand for a number, true, false or nothing. */
export type Style = "plain" | "quoted";

/** Takes a scalar as key or value, whichever is due. */
export function addScalar(builder: ValueBuilder, offset: number, raw: string, style: Style): void {
  if (isKeyDue(builder)) addKey(builder, offset, raw, style);
  else addValue(builder, offset, raw, style);
}

/** Gives the scalar that comes next a name. */
export function nameNext(builder: ValueBuilder, anchor: string | undefined): void {
  builder.anchor = anchor;
}

function remember(builder: ValueBuilder, value: unknown): void {
  if (builder.anchor === undefined) return;
  builder.memory.anchors.set(builder.anchor, { value, ...leaf });
  builder.anchor = undefined;
}

function isKeyDue({ frames }: ValueBuilder): boolean {
  const frame = frames.at(-1);
  return frame?.mapping !== undefined && frame.key === undefined && !frame.isMerge;
}

export function addKey(builder: ValueBuilder, offset: number, written: string, style: Style): void {
  const { frames, memory } = builder;
  const raw = memory.original === undefined ? written : memory.original(written);
  const frame = frames.at(-1);
  if (frame?.mapping === undefined) return;
  remember(builder, raw);
  if (style === "plain" && raw === "<<") {
    frame.isMerge = true;
    return;
  }
  addKnownKey(builder, offset, memory.texts.key(raw));
}

/** The key that came next last time; most often it does again, and then its name need not be looked up. */
export function likelyKey({ memory }: ValueBuilder): KnownKey | undefined {
  const next = memory.lastKey?.next;
  return next?.isSimple === true ? next : undefined;
}

export function addKnownKey(builder: ValueBuilder, offset: number, key: KnownKey): void {
  const { frames, memory } = builder;
  const frame = frames.at(-1);
  if (frame?.mapping === undefined) return;
  const { name } = key;
  if (memory.lastKey !== undefined) memory.lastKey.next = key;
  memory.lastKey = key;
  frame.key = key;
  if (frames.length === 1) builder.outerKeys.push({ key: name, offset });
  if (Object.hasOwn(frame.mapping, name))
    remark(builder, { offset, text: `key ${quoted(name)} stands twice in one mapping; the last counts` });
}

/** A key in a message; long ones are cut. */
function quoted(key: string): string {
  return JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
}

const leaf = { size: 1, height: 0 } as const;

/** Longer lists than methods or protocols repeat less. */
const mostItems = 16;

/** What the value that is due was written as last time; undefined where it is a secret, or not worth remembering. */
export function lastRepeat({ frames, memory }: ValueBuilder): Repeat | undefined {
  const frame = frames.at(-1);
  if (frame === undefined || memory.original !== undefined || isSecretIn(frame)) return undefined;
  const { key, list, listKey } = frame;
  if (list === undefined) return key === undefined || key.keeping === "unique" ? undefined : key.repeat;
  if (listKey === undefined || list.length >= mostItems) return undefined;
  return (listKey.items[list.length] ??= { written: "", value: undefined });
}

/** Takes the value again that was written so. */
export function addRepeat(builder: ValueBuilder, offset: number, { value }: Repeat): void {
  put(builder, offset, value, leaf);
}

/** Takes a value, and returns it as it is kept. */
export function addValue(builder: ValueBuilder, offset: number, written: string, style: Style): unknown {
  const { frames, memory } = builder;
  const raw = memory.original === undefined ? written : memory.original(written);
  const frame = frames.at(-1);
  const isSecret = frame !== undefined && isSecretIn(frame) && !isNameIn(frame);
  const plain = style === "plain" ? plainValueOf(raw) : undefined;
  let value: unknown = plain;
  if (isSecret) value = hideSecret(plain === undefined ? raw : plain);
  else if (plain === undefined)
    value = memory.texts.keep(raw, frame?.key?.keeping ?? (frame?.list === undefined ? "text" : frame.keeping));
  remember(builder, value);
  put(builder, offset, value, leaf);
  return value;
}

export function addAlias(builder: ValueBuilder, offset: number, name: string): void {
  const { memory, frames } = builder;
  const anchor = memory.anchors.get(name);
  if (anchor === undefined) {
    const text = memory.anchors.has(name)
      ? "an alias (*name) stands inside the value it stands for; such a circle has no end"
      : "an alias (*name) has no anchor (&name) before it; put a text that begins with * in quotes";
    builder.trouble = { offset, text };
    return;
  }
  memory.aliasedValues += anchor.size;
  if (memory.aliasedValues > bounds.aliasedValues) {
    const text = `aliases stand for more than ${bounds.aliasedValues} values; write them out or use fewer`;
    builder.trouble = { offset, text, isFinal: true };
  } else if (frames.length + anchor.height > bounds.nesting) {
    builder.trouble = { offset, text: `aliases nest more than ${bounds.nesting} levels deep` };
  } else if (isKeyDue(builder)) {
    addKey(builder, offset, String(anchor.value), "quoted");
  } else {
    const frame = frames.at(-1);
    const isSecret = frame !== undefined && isSecretIn(frame);
    put(builder, offset, isSecret ? hideSecret(anchor.value) : anchor.value, anchor);
  }
}

function put(builder: ValueBuilder, offset: number, value: unknown, { size, height }: Extent): void {
  const frame = builder.frames.at(-1);
  if (frame === undefined) {
    builder.value = value;
    return;
  }
  frame.size += size;
  if (height >= frame.height) frame.height = height + 1;
  if (frame.list !== undefined) frame.list.push(value);
  else if (frame.isMerge) {
    frame.merged = [...(frame.merged ?? []), value];
    frame.isMerge = false;
  } else putField(builder, frame, offset, value);
}

function putField(builder: ValueBuilder, frame: Frame, offset: number, value: unknown): void {
  const { key, mapping } = frame;
  if (key === undefined) {
    // A list or mapping where a key was expected: valid YAML, of no use here.
    remark(builder, { offset, text: "a key is a list or a mapping; it was ignored" });
    frame.key = builder.memory.texts.key(redacted);
    return;
  }
  frame.key = undefined;
  // Assigning it would replace the object's prototype.
  if (key.name === "__proto__") remark(builder, { offset, text: "key __proto__ was ignored" });
  else if (mapping !== undefined && key.name !== redacted) mapping[key.name] = value;
}
