import type { Evidence } from "#src/kong/finding.ts";
import { shownValue, visible } from "./shown-value.ts";
import type { Description } from "./subject.ts";
import type { Hit, Place } from "./verdict.ts";

/** As many pieces as records and cards hold; the count tells how many there are. */
export const maxEvidence = 20;

/** What is hit, at most so many pieces, and how many there are. */
export function evidenceOf(
  hits: readonly Hit[],
  most: number = maxEvidence,
): { readonly evidence: readonly Evidence[]; readonly count: number } {
  const things = hits.filter(({ subject }) => subject.isCircumstance !== true);
  const shown = things.length > 0 ? things : hits;
  return { evidence: shown.slice(0, most).map(pieceOf), count: shown.length };
}

/** `route orders (id): paths[0] = /orders/\d+`, `kong.conf line 12: vitals = on`, `handler.lua:3: BasePlugin = require …`. */
function pieceOf({ subject, places }: Hit): Evidence {
  const description = subject.describe();
  const [first] = places;
  const shown = places.map((place) => shownPlace(place));
  const said = shown.map((place) => textOf(place)).filter((text) => text !== "");
  const isOfText = first?.line !== undefined && first.file === undefined;
  const where = isOfText ? `${description.label}:${first.line}` : description.label;
  return {
    text: said.length === 0 ? where : `${where}: ${said.join(", ")}`,
    ...whoOf(description),
    ...whereOf(shown[0] ?? {}),
  };
}

/** A place in texts that may be shown. */
interface Shown {
  readonly field?: string;
  readonly value?: string;
  readonly line?: number;
  readonly file?: string;
  readonly note?: string;
}

function shownPlace({ field, value, line, file, note }: Place): Shown {
  return {
    ...(field === undefined ? {} : { field: visible(field) }),
    ...(value === undefined ? {} : { value: shownValue(value, field ?? "") }),
    ...(line === undefined ? {} : { line }),
    ...(file === undefined ? {} : { file }),
    ...(note === undefined ? {} : { note: visible(note) }),
  };
}

function whoOf({ what, id, name, workspace, file, line }: Description): Omit<Evidence, "text"> {
  return {
    what,
    ...(id === undefined ? {} : { id: visible(id) }),
    ...(name === undefined ? {} : { name: visible(name) }),
    ...(workspace === undefined ? {} : { workspace: visible(workspace) }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}

function whereOf({ field, value, line, file }: Shown): Omit<Evidence, "text"> {
  return {
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(line === undefined ? {} : { line }),
    ...(file === undefined ? {} : { file }),
  };
}

function textOf(place: Shown): string {
  const { note, file, line } = place;
  const said = saidOf(place);
  const about = [
    ...(note === undefined ? [] : [note]),
    ...(file === undefined ? [] : [visible(line === undefined ? file : `${file}:${line}`)]),
  ].join(", ");
  return said === "" || about === "" ? said + about : `${said} (${about})`;
}

function saidOf({ field, value }: Shown): string {
  if (field === undefined) return value ?? "";
  return value === undefined ? `${field} is not set` : `${field} = ${value}`;
}
