/** A plain (unquoted) scalar of YAML as the value it stands for; undefined for a text. */
export type PlainValue = number | boolean | null;

/**
 * YAML 1.2 core schema, and the booleans `yes`, `no`, `on`, `off` of YAML 1.1, which Kong (lyaml) and decK
 * (sigs.k8s.io/yaml) take for booleans.
 */
export function plainValueOf(text: string): PlainValue | undefined {
  const first = text.charCodeAt(0);
  if (mayBeNumber(first)) return numberOf(text);
  return words.get(text);
}

const words = new Map<string, PlainValue>([
  ...["", "~", "null", "Null", "NULL"].map((word): [string, PlainValue] => [word, null]),
  ...["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"].map((word): [string, PlainValue] => [word, true]),
  ...["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"].map((word): [string, PlainValue] => [
    word,
    false,
  ]),
]);

/** A digit, a sign or a point. */
function mayBeNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

const decimal = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/u;
const notDecimal = /^(?:0o[0-7]+|0x[0-9a-fA-F]+)$/u;
const special = /^(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/u;

function numberOf(text: string): number | undefined {
  if (decimal.test(text) || notDecimal.test(text)) return Number(text);
  const match = special.exec(text);
  if (match === null) return undefined;
  if (match[1] === undefined) return Number.NaN;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
