/**
 * The explicitly set keys of a kong.conf. Kong takes `key = value` lines, `#` starts a comment unless it is escaped
 * as `\#`, and unknown keys are ignored (kong/conf_loader 2.8.5 to 3.9.3).
 */
export function readKongConf(text: string): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const line of text.split(/\r?\n/u)) {
    const match = /^\s*([a-z_][a-z0-9_]*)\s*=\s*(.*)$/iu.exec(line);
    const [, key, rawValue] = match ?? [];
    if (key === undefined || rawValue === undefined) continue;
    settings[key.toLowerCase()] = rawValue
      .replace(/(^|[^\\])#.*$/u, "$1")
      .replaceAll(String.raw`\#`, "#")
      .trim();
  }
  return settings;
}

/** The settings that `KONG_*` variables make; they win over the file. */
export function settingsOfEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("KONG_") ? [[name.slice("KONG_".length).toLowerCase(), value]] : [],
    ),
  );
}
