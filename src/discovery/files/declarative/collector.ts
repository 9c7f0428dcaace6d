import type { DeclarativeFile, Entity } from "#src/kong/inventory.ts";
import { declarativeDocument, defaultedKinds, fileFacts, takeItem } from "./document.ts";
import type { DeclarativeDocument } from "./document.ts";
import { describeValue } from "./entity-fields.ts";
import type { Fields } from "./entity-fields.ts";
import { entityShapes, otherLists } from "./entity-shapes.ts";
import { finishEntities } from "./finish.ts";
import type { WholeConfiguration } from "./finish.ts";
import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { isWebPage } from "#src/discovery/files/text-file.ts";
import { addTrouble } from "#src/discovery/files/trouble.ts";
import type { Trouble } from "#src/discovery/files/trouble.ts";
import { isMapping, yamlParts } from "#src/discovery/files/yaml/parts.ts";
import type { YamlPart } from "#src/discovery/files/yaml/parts.ts";

export interface DeclarativeReading {
  readonly entities: readonly Entity[];
  readonly files: readonly DeclarativeFile[];
  readonly troubles: readonly Trouble[];
  /** What is worth knowing and no trouble: unknown keys, entries that are not looked at. */
  readonly notes: readonly Trouble[];
}

export interface DeclarativeText {
  readonly file: string;
  readonly text: string;
  /** `named`: somebody named this very file, so that it is a trouble if there is anything else in it. */
  readonly naming: "named" | "found";
  /** Where the text begins in the file; 1 without it. */
  readonly firstLine?: number;
}

/** Takes declarative files one after the other; together they are one configuration, as for decK. */
export interface DeclarativeCollector {
  readonly add: (text: DeclarativeText) => void;
  readonly finish: () => DeclarativeReading;
}

interface Collection extends WholeConfiguration {
  readonly texts: KnownTexts;
  readonly notes: Trouble[];
  readonly files: DeclarativeFile[];
  readonly entities: Entity[];
}

export function declarativeCollector(texts: KnownTexts): DeclarativeCollector {
  const collection: Collection = {
    texts,
    troubles: [],
    notes: [],
    files: [],
    entities: [],
    targets: [],
    pluginConfigs: new Map(),
    defaults: new Map(),
    targetDefaults: undefined,
  };
  return {
    add(text) {
      addFile(collection, text);
    },
    finish() {
      const { troubles, notes, files } = collection;
      const entities = finishEntities(collection, collection.entities);
      return { entities, files, troubles, notes };
    },
  };
}

function addFile(collection: Collection, { file, text, naming, firstLine }: DeclarativeText): void {
  if (text.trim() === "") {
    addTrouble(collection.troubles, { file, text: "is empty; a declarative file was expected" });
    return;
  }
  if (isWebPage(text)) {
    addTrouble(collection.troubles, {
      file,
      line: 1,
      text: "is a web page, perhaps of a login or a proxy; a declarative file was expected",
    });
    return;
  }
  let document = declarativeDocument(file, collection);
  let isBegun = false;
  const troublesBefore = collection.troubles.length;
  const close = (): void => {
    // What is in a document that does not parse is not known: its trouble has been told.
    const isSound = collection.troubles.length === troublesBefore;
    if (isBegun) closeDocument(collection, document, isSound ? naming : "found");
    document = declarativeDocument(file, collection);
    isBegun = false;
  };
  for (const part of yamlParts(text, collection.texts, firstLine)) {
    if (part.kind === "document") close();
    if (part.kind === "document" || part.kind === "key") isBegun = true;
    takePart(collection, document, part);
  }
  const isNothing = !isBegun && collection.troubles.length === troublesBefore;
  if (isNothing)
    addTrouble(collection.troubles, { file, text: "holds nothing but comments; a declarative file was expected" });
  close();
}

function takePart(collection: Collection, document: DeclarativeDocument, part: YamlPart): void {
  const { file } = document;
  switch (part.kind) {
    case "document":
      break;
    case "key":
      document.topLevel.push({ key: part.key, line: part.line });
      break;
    case "item":
      takeListItem(document, part);
      break;
    case "value":
      takeValue(collection, document, part);
      break;
    case "root":
      addTrouble(collection.troubles, {
        file,
        line: part.line,
        text: `expected a mapping with _format_version and lists such as services, found ${describeValue(part.value)}`,
      });
      break;
    case "trouble":
      addTrouble(collection.troubles, { file, line: part.line, text: part.text });
      break;
    case "remark":
      addTrouble(collection.notes, { file, line: part.line, text: part.text });
  }
}

function takeListItem(document: DeclarativeDocument, part: YamlPart & { readonly kind: "item" }): void {
  const { key, value, line, lineOf } = part;
  if (isEntityList(key)) takeItem(document, { list: key, value, line, lineOf });
  else document.counts.set(key, (document.counts.get(key) ?? 0) + 1);
}

function isEntityList(key: string): boolean {
  return key === "targets" || Object.hasOwn(entityShapes, key);
}

function takeValue(
  collection: Collection,
  document: DeclarativeDocument,
  part: YamlPart & { readonly kind: "value" },
): void {
  const { key, value, line } = part;
  if (isEntityList(key) || otherLists.has(key)) {
    const text = `${key}: expected a list, found ${describeValue(value)}`;
    if (!isEmptyList(value)) addTrouble(collection.troubles, { file: document.file, line, text });
    return;
  }
  switch (key) {
    case "_format_version":
      takeFormatVersion(collection, document, part);
      break;
    case "_workspace":
      // Entities of the default workspace carry none.
      if (typeof value === "string" && value !== "default") document.workspace = value;
      break;
    case "_plugin_configs":
      if (isMapping(value)) takePluginConfigs(collection, value);
      break;
    case "_info":
      if (isMapping(value) && isMapping(value["defaults"])) takeDefaults(collection, value["defaults"]);
      break;
    default:
  }
}

/** A key without a value is an empty list; an empty mapping is how Lua writes one. */
function isEmptyList(value: unknown): boolean {
  return value === null || value === undefined || (isMapping(value) && Object.keys(value).length === 0);
}

/** Written without quotes, 3.0 is the number 3; Kong refuses it (it must be a text), decK takes it. */
function takeFormatVersion(
  collection: Collection,
  document: DeclarativeDocument,
  { value, line }: { readonly value: unknown; readonly line: number },
): void {
  if (typeof value === "string") document.formatVersion = value;
  else if (typeof value === "number") {
    document.formatVersion = Number.isInteger(value) ? value.toFixed(1) : String(value);
    const text = `_format_version is a number; Kong wants a text: "${document.formatVersion}"`;
    addTrouble(collection.notes, { file: document.file, line, text });
  } else {
    const text = `_format_version: expected "1.1", "2.1" or "3.0", found ${describeValue(value)}`;
    addTrouble(collection.troubles, { file: document.file, line, text });
  }
}

function takePluginConfigs(collection: Collection, configs: Fields): void {
  for (const [name, config] of Object.entries(configs))
    if (isMapping(config)) collection.pluginConfigs.set(name, config);
}

function takeDefaults(collection: Collection, defaults: Fields): void {
  for (const kind of defaultedKinds) {
    const fields = defaults[kind];
    if (isMapping(fields)) collection.defaults.set(kind, fields);
  }
  if (isMapping(defaults["target"])) collection.targetDefaults = defaults["target"];
}

const known = new Set([
  "_format_version",
  "_transform",
  "_info",
  "_workspace",
  "_plugin_configs",
  "_konnect",
  "_comment",
  "_ignore",
]);

function closeDocument(collection: Collection, document: DeclarativeDocument, naming: DeclarativeText["naming"]): void {
  const { file, topLevel, workspace } = document;
  const isDeclarative = topLevel.some(({ key }) => key === "_format_version" || isEntityList(key));
  if (!isDeclarative) {
    const text =
      "has neither _format_version nor entities such as services; it is no declarative file and was not read";
    addTrouble(naming === "named" ? collection.troubles : collection.notes, { file, line: topLevel[0]?.line, text });
    return;
  }
  if (document.formatVersion === undefined && !topLevel.some(({ key }) => key === "_format_version"))
    addTrouble(collection.notes, {
      file,
      line: topLevel[0]?.line,
      text: "has no _format_version, which Kong and decK ask for",
    });
  collection.files.push(fileFacts(document));
  collection.targets.push(...document.targets);
  for (const entity of document.entities)
    collection.entities.push(workspace === undefined ? entity : { ...entity, workspace });
  for (const { key, line } of topLevel) noteKey(collection, document, { key, line });
}

function noteKey(
  { notes }: Collection,
  { file, counts }: DeclarativeDocument,
  { key, line }: { readonly key: string; readonly line: number },
): void {
  if (known.has(key) || isEntityList(key) || key.startsWith("x-")) return;
  const count = counts.get(key) ?? 0;
  const entries = count === 1 ? "1 entry" : `${count} entries`;
  const text = otherLists.has(key)
    ? `${key}: ${entries}, which no hazard looks at`
    : `${JSON.stringify(key)} is no key that Kong or decK document${count > 0 ? `; its ${entries} ${count === 1 ? "was" : "were"} not looked at` : ""}`;
  addTrouble(notes, { file, line, text });
}
