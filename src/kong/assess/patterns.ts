import type { Answer } from "./predicates.ts";

/** Longest value that is looked at; beyond it only a hit proves anything. */
const maxValue = 100_000;

/** The catalogue's regular expressions, each compiled once. */
export interface Patterns {
  /** The pattern; `(?i)` in front ignores case. */
  readonly get: (pattern: string) => RegExp;
  /** Tells whether it is found in a value of any length. */
  readonly finder: (pattern: string) => (text: string) => Answer;
}

export function makePatterns(): Patterns {
  const compiled = new Map<string, RegExp>();
  const get = (pattern: string): RegExp => {
    const known = compiled.get(pattern);
    if (known !== undefined) return known;
    const made = compile(pattern);
    compiled.set(pattern, made);
    return made;
  };
  return {
    get,
    finder: (pattern) => {
      const regex = get(pattern);
      return (text) => {
        if (text.length <= maxValue) return regex.test(text) ? "yes" : "no";
        return regex.test(text.slice(0, maxValue)) ? "yes" : "unknown";
      };
    },
  };
}

function compile(pattern: string): RegExp {
  return pattern.startsWith("(?i)") ? new RegExp(pattern.slice(4), "i") : new RegExp(pattern);
}
