import { join } from "node:path";
import type { FileReading } from "#src/discovery/files/read-files.ts";
import { readFiles } from "#src/discovery/files/read-files.ts";
import type { Entity, Input, InputState } from "#src/kong/inventory.ts";
import { folderWith } from "./folder.ts";

export const today = "2026-11-26";

/** Reads one declarative file that was named by its path. */
export async function readDeclarativeText(text: string | Uint8Array, name = "kong.yml"): Promise<FileReading> {
  const folder = await folderWith({ [name]: text });
  return readFiles({ declarative: [join(folder, name)] }, today);
}

/** An entity as a line: kind, name, line, what it hangs on. */
export function summaryOf({ kind, name, id, place, parents }: Entity): string {
  const on = parents.map((parent) => ` on ${parent.kind} ${parent.name}`).join("");
  return `${String(place?.line)} ${kind} ${name ?? id ?? "?"}${on}`;
}

/** The problem of an input that was not read, or not all of it, without the name of the temporary folder. */
export function problemOf(reading: FileReading, input: Input): string {
  const state: InputState = reading.inventory.inputs[input];
  return "problem" in state ? withoutFolder(state.problem) : `(${state.kind})`;
}

export function withoutFolder(text: string): string {
  return text.replaceAll(/\S*kong-files-\w+\/?/gu, "");
}
