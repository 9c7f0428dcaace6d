import { mkdtempSync, rmSync } from "node:fs";
import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A private folder of one process for the sockets of its ssh connections. */
export interface SocketFolder {
  readonly path: string;
  /** With all that it holds. */
  remove(): void;
}

const prefix = "ku-ssh-";
const nameForm = /^ku-ssh-[A-Za-z0-9]{6}$/u;
/** A process listens there for as long as it lives, stopped or not: no number of a process could tell that to another container. */
const ownerSocket = "owner";
/** Between making a folder and listening in it lie microseconds. */
const makingMs = 60_000;
const answerMs = 1_000;
/** More than any number of runners that died since the last start; the rest goes with the next one. */
const maxFolders = 200;

/** A socket's path has at most 107 bytes, and ssh adds 17 while it makes one: a deep folder for temporary files is too long. */
function usualPlace(): string {
  return Buffer.byteLength(tmpdir()) > 40 ? "/tmp" : tmpdir();
}

/** Makes a folder that nobody else can look into, and says by a socket in it that its owner lives. */
export function makeSocketFolder(place = usualPlace()): SocketFolder {
  const path = mkdtempSync(join(place, prefix));
  // Without it the folder only stays when this process is killed.
  const owner = createServer((asked) => asked.destroy()).on("error", () => undefined);
  owner.listen(join(path, ownerSocket)).unref();
  return {
    path,
    remove: () => {
      owner.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/**
 * Removes the folders of this account whose owner is gone, and answers which. A link, or what belongs to another account,
 * is not touched; nor is a folder of which nobody can say whether its owner lives. Never throws.
 */
export async function removeLeftSocketFolders({
  place = usualPlace(),
  uid = process.getuid?.(),
}: { readonly place?: string; readonly uid?: number | undefined } = {}): Promise<readonly string[]> {
  const names = await readdir(place).catch((): string[] => []);
  const folders = names.filter((name) => nameForm.test(name)).slice(0, maxFolders);
  const removed = await Promise.all(folders.map((name) => removeLeft(join(place, name), uid).catch(() => undefined)));
  return removed.filter((path) => path !== undefined);
}

async function removeLeft(path: string, uid: number | undefined): Promise<string | undefined> {
  const found = await lstat(path);
  // Nobody else can put anything into such a folder, nor another one into its place, as /tmp is sticky.
  const isOurs = found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
  if (!isOurs) return undefined;
  switch (await ownerOf(path)) {
    case "lives":
      return undefined;
    case "gone":
      await rm(path, { recursive: true, force: true });
      return path;
    case "unknown":
      if (Date.now() - found.mtimeMs < makingMs) return undefined;
      // Refused where anything is in it.
      await rmdir(path);
      return path;
  }
}

/** `gone` only where the system says that nobody listens any more; `unknown` where nobody ever said that they do. */
async function ownerOf(path: string): Promise<"lives" | "gone" | "unknown"> {
  const asked = connect(join(path, ownerSocket));
  const answered = new Promise<"lives" | "gone" | "unknown">((resolve) => {
    asked.once("connect", () => resolve("lives"));
    asked.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "ECONNREFUSED" ? "gone" : error.code === "ENOENT" ? "unknown" : "lives"),
    );
  });
  // One that stands still may not answer.
  const answer = await Promise.race([answered, delay(answerMs, "lives" as const, { ref: false })]);
  asked.destroy();
  return answer;
}
