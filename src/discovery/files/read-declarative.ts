import type { DeclarativeFile, Entity } from "#src/kong/inventory.ts";
import { declarativeCollector } from "#src/discovery/files/declarative/collector.ts";
import { findFiles } from "./find-files.ts";
import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { readTextFile } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

/** A declarative configuration that another file holds, e.g. Helm values. */
export interface EmbeddedConfiguration {
  readonly file: string;
  readonly text: string;
  readonly firstLine: number;
}

export interface DeclarativeFilesReading {
  readonly entities: readonly Entity[];
  readonly files: readonly DeclarativeFile[];
  readonly troubles: readonly Trouble[];
  readonly notes: readonly Trouble[];
}

/** Where configurations are. */
export interface DeclarativeSources {
  /** Files, or folders with *.yml, *.yaml and *.json. */
  readonly paths: readonly string[];
  readonly embedded: readonly EmbeddedConfiguration[];
}

/** Reads declarative files one after the other, so that only one text is in memory at a time. */
export async function readDeclarative(
  { paths, embedded }: DeclarativeSources,
  texts: KnownTexts,
  budget: ByteBudget,
): Promise<DeclarativeFilesReading> {
  const collector = declarativeCollector(texts);
  const found = await findFiles(paths, (name) => /\.(?:ya?ml|json)$/iu.test(name));
  const troubles = [...found.troubles];
  const luaFiles: DeclarativeFile[] = [];
  for (const { path, given } of found.files) {
    if (path.endsWith(".lua")) {
      luaFiles.push({ file: path, formatVersion: undefined, topLevel: [], duplicateKeys: [] });
      troubles.push({
        file: path,
        text: "is written in Lua, which cannot be read; give it as YAML (Kong 3.0 does not read Lua either)",
      });
      continue;
    }
    const read = await readTextFile(path, budget);
    if (read.ok) collector.add({ file: path, text: read.value, naming: path === given ? "named" : "found" });
    else troubles.push({ file: path, text: read.problem });
  }
  for (const each of embedded) collector.add({ ...each, naming: "found" });
  const reading = collector.finish();
  const isNothing = reading.files.length === 0 && troubles.length === 0 && reading.troubles.length === 0;
  if (isNothing && paths.length > 0)
    troubles.push({
      file: paths.join(", "),
      text: "holds no declarative file (*.yml, *.yaml, *.json with _format_version)",
    });
  return {
    entities: reading.entities,
    files: [...reading.files, ...luaFiles],
    troubles: [...troubles, ...reading.troubles],
    notes: reading.notes,
  };
}
