import { isUtf8 } from "node:buffer";
import { constants, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { bounds } from "./bounds.ts";

/** Bytes that may still be read; shared by all files of one reading. */
export interface ByteBudget {
  /** At the beginning. */
  readonly most: number;
  left: number;
}

export function byteBudget(most: number = bounds.totalBytes): ByteBudget {
  return { most, left: most };
}

/** The character that Windows programs put before a text. */
const byteOrderMark = "\uFEFF";

/**
 * The text of a regular file in UTF-8, or in words why there is none. Pipes, devices and folders are refused without
 * waiting for them; a byte order mark is taken off.
 */
export async function readTextFile(
  path: string,
  budget: ByteBudget,
  maxBytes: number = bounds.fileBytes,
): Promise<Result<string, string>> {
  const read = await readWholeText(path, budget, maxBytes);
  return read.ok && read.value.startsWith(byteOrderMark) ? ok(read.value.slice(byteOrderMark.length)) : read;
}

/** The same with the byte order mark, for what has to give the text back as it was. */
export async function readWholeText(
  path: string,
  budget: ByteBudget,
  maxBytes: number = bounds.fileBytes,
): Promise<Result<string, string>> {
  // Without O_NONBLOCK opening a pipe that nobody writes to never returns.
  const opened = await attempt(open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  if (!opened.ok) return opened;
  try {
    const bytes = await readBytes(opened.value, budget, maxBytes);
    return bytes.ok ? decode(bytes.value) : bytes;
  } finally {
    await opened.value.close();
  }
}

async function readBytes(handle: FileHandle, budget: ByteBudget, maxBytes: number): Promise<Result<Buffer, string>> {
  const found = await attempt(handle.stat());
  if (!found.ok) return found;
  if (found.value.isDirectory()) return no("is a folder; a file was expected");
  if (!found.value.isFile()) return no("is not a regular file (a pipe, socket or device); give a file");
  const limit = Math.min(maxBytes, budget.left);
  if (found.value.size > limit) {
    return no(
      found.value.size > maxBytes
        ? `is larger than ${megabytes(maxBytes)} MB and was not read; split it`
        : `was not read: all files together are larger than ${megabytes(budget.most)} MB; give fewer`,
    );
  }
  const read = await attempt(handle.readFile({ signal: AbortSignal.timeout(bounds.readTimeoutMs) }));
  if (!read.ok) return read;
  budget.left -= read.value.length;
  return ok(read.value);
}

function decode(bytes: Buffer): Result<string, string> {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return no("is in UTF-16, as PowerShell's > writes it; save it as UTF-8");
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) return no(`is not a text file: there is a NUL byte on line ${lineOfByte(bytes, nul)}`);
  if (!isUtf8(bytes)) return no("is not UTF-8 text; save it as UTF-8");
  return ok(bytes.toString("utf8"));
}

function lineOfByte(bytes: Buffer, offset: number): number {
  return bytes.subarray(0, offset).reduce((line, byte) => (byte === 0x0a ? line + 1 : line), 1);
}

/** What the system says of a path, in words. */
export async function attempt<Value>(promise: Promise<Value>): Promise<Result<Value, string>> {
  try {
    return ok(await promise);
  } catch (error) {
    return no(sayWhy(error));
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist; check the path",
  EACCES: "may not be read by this user; give it read permission",
  EPERM: "may not be read by this user; give it read permission",
  ELOOP: "is a symbolic link that leads to itself",
  ENOTDIR: "has a file where a folder was expected in its path",
  ENAMETOOLONG: "has a name that is too long",
  ENXIO: "is not a regular file (a pipe, socket or device); give a file",
  EISDIR: "is a folder; a file was expected",
  ABORT_ERR: `did not arrive within ${bounds.readTimeoutMs / 1000} s; is it on a network mount that hangs?`,
};

function sayWhy(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return (
    reasons[code] ??
    (code === "" || /^\d+$/u.test(code) ? reasons["ABORT_ERR"] : undefined) ??
    `could not be read (${code})`
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

/** What a login page or a proxy answers where a file was expected. */
export function isWebPage(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml)/iu.test(text.slice(0, 1_000));
}
