import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { knownTexts } from "#src/discovery/files/yaml/known-texts.ts";

/** Whether a text inside another file is a declarative configuration of Kong. */
export function isConfiguration(text: string): boolean {
  return /^[ \t]*["']?_format_version["']?[ \t]*:/mu.test(text);
}

/** Texts of files that may hold declarative configurations, which are read on their own. */
export function textsAroundConfigurations(): KnownTexts {
  return knownTexts(isConfiguration);
}

/** A search looks at so many lines at most: a hostile file has many names and many lines. */
const reach = 2_000;

/** The lines of a file, to find again where something stands that was parsed out of it. */
export interface FileLines {
  /** The first line from there on that fits, from 1; `from` where none does. */
  readonly find: (from: number, fits: (line: string) => boolean) => number;
}

export function fileLines(text: string): FileLines {
  const lines = text.split("\n");
  return {
    find(from, fits) {
      const start = Math.max(from - 1, 0);
      const end = Math.min(start + reach, lines.length);
      for (let index = start; index < end; index += 1) if (fits(lines[index] ?? "")) return index + 1;
      return from;
    },
  };
}

/** The line at which a text that is embedded below `from` begins. */
export function embeddedLine(lines: FileLines, from: number, text: string): number {
  const first = text.split("\n", 1)[0]?.trim() ?? "";
  return lines.find(from, (line) => line.trim() === first);
}
