/** Bounds of reading files; whatever lies beyond is named as a problem, never left out in silence. */
export const bounds = {
  fileBytes: 64 * 1024 * 1024,
  /** kong.conf, an environment file, Helm values: written by people, so a larger one is a mistake. */
  smallFileBytes: 1024 * 1024,
  /** All files of one reading together. */
  totalBytes: 256 * 1024 * 1024,
  /** Files found below the paths of one source. */
  files: 2_000,
  /** Entries looked at below the paths of one source; most of a large folder is not ours. */
  entries: 100_000,
  folderDepth: 20,
  /** A local disk answers in milliseconds; a dead network mount never. */
  readTimeoutMs: 30_000,
  /** Levels of lists and mappings inside each other, aliases included. */
  nesting: 100,
  /** Documents of a YAML stream, and keys of the outermost mapping of one. */
  documents: 10_000,
  outerKeys: 10_000,
  /** Values in a text that cannot be read piece by piece; the parser needs about 100 bytes for each. */
  valuesPerParse: 4_000_000,
  /** Values that aliases of one document stand for ("billion laughs"). */
  aliasedValues: 2_000_000,
  /** Size of a piece of a list that is parsed at once, in characters: larger pieces cost memory, smaller ones time. */
  pieceCharacters: 48_000,
  /** Entities of one declarative document; the largest installations have a tenth of it. */
  entities: 1_000_000,
  /** Problems that are named per source; one mistake early in a file may cause many. */
  problems: 20,
  /** Problems that are counted per source, and remarks per text. */
  countedProblems: 1_000,
  remarks: 100,
  /** One script, dashboard or Lua source. */
  sourceBytes: 1024 * 1024,
  /** All sources of custom plugins, or all scripts, or all dashboards together. */
  sourcesBytes: 50 * 1024 * 1024,
} as const;
