import type { Setting } from "./inventory.ts";

/** The settings that `KONG_*` variables make; they win over the file. */
export function settingsOfEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("KONG_") ? [[name.slice("KONG_".length).toLowerCase(), value]] : [],
    ),
  );
}

/** What kong.conf sets, and what in it does not do what it looks like. */
export interface KongConfReading {
  /** Each key once: the last one counts. Keys without a value keep their default and are left out. */
  readonly settings: readonly Setting[];
  readonly remarks: readonly { readonly line: number; readonly text: string }[];
}

/**
 * The settings of a kong.conf with their lines, as Kong's loader takes them apart (kong/conf_loader 2.8.5 to 3.9.3 with
 * Penlight's pl.config): lines that begin with `#` or `;` and blank lines are skipped, a backslash at the end of a line
 * joins it with the next, ` #` begins a comment unless it is written `\#`, characters of a key that are neither letter nor
 * digit are underscores, capitals are not read as small letters, and what stands below a `[section]` is not read at all.
 */
export function readKongConf(text: string, file: string): KongConfReading {
  const settings = new Map<string, Setting>();
  const remarks: { line: number; text: string }[] = [];
  for (const { line, text: whole } of logicalLines(text)) {
    if (whole.startsWith("[")) {
      remarks.push({ line, text: "a [section] begins; Kong reads no setting below it" });
      break;
    }
    const equals = whole.indexOf("=");
    const key = whole
      .slice(0, Math.max(equals, 0))
      .trim()
      .replaceAll(/[^A-Za-z0-9]/gu, "_");
    if (key === "") {
      remarks.push({ line, text: "no `key = value`; Kong ignores this line" });
      continue;
    }
    if (key !== key.toLowerCase()) {
      remarks.push({ line, text: `Kong knows no ${key}: keys are written in small letters, and it ignores this line` });
      continue;
    }
    const before = settings.get(key);
    if (before !== undefined)
      remarks.push({ line, text: `${key} is set on line ${before.place?.line ?? line} too; Kong takes the last` });
    const value = withoutComment(whole.slice(equals + 1));
    if (value === "") settings.delete(key);
    else settings.set(key, { key, value, origin: "file", place: { file, line } });
  }
  return { settings: [...settings.values()], remarks };
}

/** Lines that count, each with those that a backslash at its end joins to it. */
function logicalLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let joined: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const start = joined ?? { line: index + 1, text: "" };
    const isJoined = line.endsWith("\\");
    const whole = { line: start.line, text: start.text + (isJoined ? line.slice(0, -1) : line) };
    joined = isJoined ? whole : undefined;
    if (!isJoined) lines.push(whole);
  }
  return joined === undefined ? lines : [...lines, joined];
}

function withoutComment(value: string): string {
  return value
    .replace(/(?<!\\)#.*$/u, "")
    .replaceAll("\\#", "#")
    .trim();
}
