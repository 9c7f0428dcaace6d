import { opendir, realpath, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { bounds } from "./bounds.ts";
import { attempt } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

/** A file to read. */
export interface FoundFile {
  readonly path: string;
  /** Relative to the folder that was given; the file's name where the file itself was given. */
  readonly inside: string;
  /** The path that was given. */
  readonly given: string;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly troubles: readonly Trouble[];
}

/** Never of interest, and often very large. */
const skipped = new Set(["node_modules", ".git", ".hg", ".svn"]);

/**
 * The files that paths name: a file as it is, of a folder those below it whose name fits, sorted by path. Links are
 * followed, each folder once, so a loop of links ends.
 */
export async function findFiles(paths: readonly string[], fits: (name: string) => boolean): Promise<FoundFiles> {
  const search: Search = { fits, files: [], troubles: [], seen: new Set(), entries: 0, isFull: false };
  for (const path of paths) {
    const found = await attempt(stat(path));
    if (!found.ok) search.troubles.push({ file: path, text: found.problem });
    else if (found.value.isDirectory()) await searchFolder(search, { given: path, path, depth: 0 });
    // Anything else is tried, so that the reader says what is wrong with a pipe.
    else addFile(search, { path, inside: basename(path), given: path });
  }
  const files = search.files.toSorted((left, right) => (left.path < right.path ? -1 : Number(left.path > right.path)));
  return { files, troubles: search.troubles };
}

interface Search {
  readonly fits: (name: string) => boolean;
  readonly files: FoundFile[];
  readonly troubles: Trouble[];
  readonly seen: Set<string>;
  entries: number;
  isFull: boolean;
}

interface Folder {
  readonly given: string;
  readonly path: string;
  readonly depth: number;
}

async function searchFolder(search: Search, folder: Folder): Promise<void> {
  if (folder.depth > bounds.folderDepth) {
    search.troubles.push({ file: folder.path, text: `lies more than ${bounds.folderDepth} folders deep; not read` });
    return;
  }
  const names = await namesIn(search, folder);
  for (const name of names) {
    if (search.isFull) return;
    const path = join(folder.path, name);
    const found = await attempt(stat(path));
    if (!found.ok) {
      if (search.fits(name)) search.troubles.push({ file: path, text: found.problem });
    } else if (found.value.isDirectory()) {
      if (!skipped.has(name)) await searchFolder(search, { given: folder.given, path, depth: folder.depth + 1 });
    } else if (search.fits(name)) {
      addFile(search, { path, inside: relative(folder.given, path), given: folder.given });
    }
  }
}

/** Sorted, so that what falls beyond a bound does not depend on the file system. */
async function namesIn(search: Search, { path }: Folder): Promise<readonly string[]> {
  const real = await attempt(realpath(path));
  if (real.ok && search.seen.has(real.value)) return [];
  if (real.ok) search.seen.add(real.value);
  const opened = await attempt(opendir(path));
  if (!opened.ok) {
    search.troubles.push({ file: path, text: opened.problem });
    return [];
  }
  const names: string[] = [];
  for await (const entry of opened.value) {
    search.entries += 1;
    if (search.entries > bounds.entries) {
      becomeFull(search, { file: path, text: `more than ${bounds.entries} files and folders; the rest was not read` });
      break;
    }
    names.push(entry.name);
  }
  return names.toSorted();
}

function addFile(search: Search, file: FoundFile): void {
  if (search.files.length < bounds.files) search.files.push(file);
  else becomeFull(search, { file: file.given, text: `more than ${bounds.files} files; the rest was not read` });
}

function becomeFull(search: Search, trouble: Trouble): void {
  if (!search.isFull) search.troubles.push(trouble);
  search.isFull = true;
}
