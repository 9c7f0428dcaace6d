import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { createGunzip, createGzip, gunzipSync, gzipSync } from "node:zlib";
import type { ArchiveHeader, DataLine } from "./archive-entry.ts";
import { archiveHeader, dataLine } from "./archive-entry.ts";
import { ToolFailure } from "./tool-failure.ts";

// Layout: magic, length of the packed table of contents (4 bytes), the table of contents, then packed data lines.
// Like the real format the contents come first: `--list` reads only them, so a file cut off later still lists well.
const magic = Buffer.from("KUSIMDUMP1");
const endOfFile = "pg_restore: error: could not read from input file: end of file";
const lastLine = '{"end":true}';

/** Writes an archive in the stand-in's own format through `write`. */
export async function writeArchive(
  header: ArchiveHeader,
  data: AsyncIterable<DataLine>,
  write: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const contents = gzipSync(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(contents.length);
  await write(Buffer.concat([magic, length, contents]));
  const gzip = createGzip();
  const writing = (async () => {
    for await (const chunk of gzip) await write(Buffer.from(chunk));
  })();
  for await (const line of data) {
    if (!gzip.write(`${JSON.stringify(line)}\n`)) await once(gzip, "drain");
  }
  gzip.end(`${lastLine}\n`);
  await writing;
}

/** An archive that was opened for reading. */
export interface ArchiveReader {
  readonly header: ArchiveHeader;
  /** @throws ToolFailure in the words of the real pg_restore when the file ends too early. */
  data(): AsyncGenerator<DataLine>;
}

/** Opens an archive file, or the `toc.dat` of a directory. @throws ToolFailure with the real tool's words. */
export async function openArchive(path: string): Promise<ArchiveReader> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new ToolFailure(`pg_restore: error: could not open input file "${path}": No such file or directory`);
  }
  const file = found.isDirectory() ? join(path, "toc.dat") : path;
  const handle = await open(file).catch(() => {
    throw new ToolFailure(
      `pg_restore: error: directory "${path}" does not appear to be a valid archive ("toc.dat" does not exist)`,
    );
  });
  try {
    const start = Buffer.alloc(magic.length + 4);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    checkMagic(start.subarray(0, bytesRead));
    const length = start.readUInt32BE(magic.length);
    const contents = Buffer.alloc(Math.min(length, (await handle.stat()).size));
    const read = await handle.read(contents, 0, contents.length, start.length);
    if (read.bytesRead < length) throw new ToolFailure(endOfFile);
    const header = archiveHeader.parse(JSON.parse(gunzipSync(contents).toString("utf8")));
    return { header, data: () => readData(file, start.length + length) };
  } finally {
    await handle.close();
  }
}

/** Whether a file is the SQL text of `pg_dump -F p`. */
export async function isPlainDump(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimStart().startsWith("--\n-- PostgreSQL database dump");
}

function checkMagic(start: Buffer): void {
  if (start.length < 5) {
    throw new ToolFailure(`pg_restore: error: input file is too short (read ${start.length}, expected 5)`);
  }
  const isOurs = start.subarray(0, magic.length).equals(magic.subarray(0, start.length));
  if (start.subarray(0, 5).toString("latin1") === "PGDMP") {
    throw new ToolFailure(
      "pg_restore: error: this archive was made by a real pg_dump; the simulated pg_restore reads only its own",
    );
  }
  if (!isOurs) throw new ToolFailure("pg_restore: error: input file does not appear to be a valid archive");
  if (start.length < magic.length + 4) throw new ToolFailure(endOfFile);
}

async function* readData(file: string, from: number): AsyncGenerator<DataLine> {
  const gunzip = createGunzip();
  const source = createReadStream(file, { start: from });
  source.pipe(gunzip);
  let isComplete = false;
  try {
    for await (const line of createInterface({ input: Readable.from(gunzip) })) {
      if (line === lastLine) isComplete = true;
      else yield dataLine.parse(JSON.parse(line));
    }
  } catch (error) {
    if (error instanceof ToolFailure) throw error;
    throw new ToolFailure(endOfFile);
  } finally {
    source.destroy();
  }
  if (!isComplete) throw new ToolFailure(endOfFile);
}
