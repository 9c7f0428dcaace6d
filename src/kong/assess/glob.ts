/** Whether a file's path fits a glob of `**`, `*` and `{a,b}`, the three that the catalogue uses. */
export function fitsGlob(path: string, glob: string): boolean {
  return expandBraces(glob).some((one) => fitsFolders(path.split("/"), one.split("/")));
}

function expandBraces(glob: string): readonly string[] {
  const match = /^([^{]*)\{([^{}]*)\}(.*)$/su.exec(glob);
  if (match === null) return [glob];
  const [, before = "", choices = "", after = ""] = match;
  return choices.split(",").flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

function fitsFolders(names: readonly string[], globs: readonly string[]): boolean {
  const [glob, ...rest] = globs;
  if (glob === undefined) return names.length === 0;
  if (glob !== "**") return names[0] !== undefined && fitsName(names[0], glob) && fitsFolders(names.slice(1), rest);
  return names.some((_, skipped) => fitsFolders(names.slice(skipped), rest)) || fitsFolders([], rest);
}

/** Parts between stars have to appear in their order. */
function fitsName(name: string, glob: string): boolean {
  const [first = "", ...others] = glob.split("*");
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
