import { isSecretName, redactCode, redacted, redactText } from "#src/discovery/redact.ts";

/**
 * How texts below a key are kept: as they are where they name things, without secrets of recognisable form elsewhere.
 * In code only written-out secrets count: `token = ngx.var.http_x` is what hazards look for.
 */
export type Keeping = "unique" | "literal" | "code" | "text";

/** A key of a mapping, with what its name says about its values. */
export interface KnownKey {
  readonly name: string;
  readonly isSecret: boolean;
  readonly keeping: Keeping;
  /** The list that was its value last: lists such as `protocols` are the same for thousands of entities. */
  lastList: readonly unknown[];
  /** Letters, digits and `_ - . /` only: written the same with quotes and without. */
  readonly isSimple: boolean;
  /** The key that came after it last: entities have the same keys in the same order. */
  next: KnownKey | undefined;
  /** Its value, or the items of its list, as they were last written: most repeat from entity to entity. */
  readonly repeat: Repeat;
  readonly items: Repeat[];
}

/** A scalar as it stood in the text, quotes included, and what it stands for. */
export interface Repeat {
  written: string;
  value: unknown;
}

/** Texts of one reading, each kept once: large configurations repeat the same few thousand. */
export interface KnownTexts {
  readonly key: (name: string) => KnownKey;
  readonly keep: (text: string, keeping: Keeping) => string;
}

/** Fields whose values are all different: remembering them would only fill memory. */
const unique = new Set(["id", "created_at", "updated_at"]);

/** Fields of Kong's entities that name or match requests; a path such as `/token:renew` is not a secret. */
const literal = new Set(
  "name instance_name username custom_id paths path hosts host methods protocols snis tags target targets expression service route consumer consumer_group".split(
    " ",
  ),
);

/** Fields of pre-function and post-function that hold Lua (Kong 2.8 to 3.9, kong/plugins/pre-function/_schema.lua). */
const code = new Set(
  "functions certificate rewrite access header_filter body_filter log init_worker ws_handshake ws_client_frame ws_upstream_frame ws_close".split(
    " ",
  ),
);

/** Beyond that, texts are not remembered: a hostile file would only fill memory. */
const mostTexts = 300_000;
const longestText = 200;

/**
 * @param isKeptWhole Texts that are read on their own later, and cleaned then: taking secrets out by their form could
 *   break a configuration inside another file.
 */
export function knownTexts(isKeptWhole: (text: string) => boolean = () => false): KnownTexts {
  const keys = new Map<string, KnownKey>();
  const kept = {
    literal: new Map<string, string>(),
    code: new Map<string, string>(),
    text: new Map<string, string>(),
  } as const;
  return {
    key(name) {
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = knownKey(name);
      if (keys.size < mostTexts) keys.set(name, key);
      return key;
    },
    keep(text, keeping) {
      if (keeping === "unique") return text;
      if (text.length > longestText) return isKeptWhole(text) ? text : safe(text, keeping);
      const texts = kept[keeping];
      const known = texts.get(text);
      if (known !== undefined) return known;
      const result = safe(text, keeping);
      if (texts.size < mostTexts) texts.set(text, result);
      return result;
    },
  };
}

const simple = /^[A-Za-z0-9_./-]+$/u;

function knownKey(name: string): KnownKey {
  return {
    name,
    isSecret: isSecretName(name),
    keeping: keepingOf(name),
    lastList: [],
    isSimple: simple.test(name),
    next: undefined,
    repeat: { written: "", value: undefined },
    items: [],
  };
}

function keepingOf(name: string): Keeping {
  if (unique.has(name)) return "unique";
  if (literal.has(name)) return "literal";
  // A key of a config map is the name of a file.
  return code.has(name) || name.endsWith(".lua") ? "code" : "text";
}

/** Every secret of recognisable form holds one of these characters. */
const suspicious = /[ :=\n]/u;

function safe(text: string, keeping: Exclude<Keeping, "unique">): string {
  if (keeping === "literal" || !suspicious.test(text)) return text;
  return keeping === "code" ? redactCode(text) : redactText(text);
}

/** A reference to a secret is none: a vault of Kong, or a variable of decK. */
const reference = /^(?:\{vault:\/\/[^}]*\}|\$\{\{\s*env\s+"[^"]*"\s*\}\})$/u;

/** The value of a field that holds a secret: whether it is set and its form can still be seen. */
export function hideSecret(value: unknown): unknown {
  if (typeof value === "number") return redacted;
  if (typeof value === "string") return value === "" || reference.test(value) ? value : redacted;
  if (Array.isArray(value)) return value.map((item) => hideSecret(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hideSecret(item)]));
}
