import { constants, open } from "node:fs/promises";
import { z } from "zod";
import type { Roster, RosterSource } from "#approvals/directory.ts";
import { humanIdSchema, userIdSchema } from "#approvals/person.ts";
import { runInTime } from "#src/run-in-time.ts";
import { unreachable } from "#src/kernel/result.ts";

/** More than this is not a list of approvers, but a mistake. */
const maxBytes = 64 * 1024;
const maxEntries = 500;
/** A file on a share that hangs must not hold up a vote. */
const fileTimeoutMs = 2_500;
/** All that a program gets from the bot: whatever secret it needs, it reads by itself. */
const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };

/**
 * Reads a roster now: Slack ids or directory identities, as a JSON array or one per line (`#` begins a comment).
 * @throws Error when it cannot be read in time, is too long, or holds anything else; then nobody knows who is in it.
 */
export async function readRoster({ name, source }: Roster): Promise<readonly string[]> {
  const entries = entriesOf(await textOf(source));
  if (entries.length > maxEntries)
    throw new Error(`roster ${name} has ${entries.length} entries; ${maxEntries} are allowed`);
  const wrong = entries.findIndex((entry) => !isEntry(entry));
  // The entry itself stays out of the log: what a program prints by mistake may be a secret.
  if (wrong >= 0)
    throw new Error(`entry ${wrong + 1} of roster ${name} is neither a Slack user id nor a directory identity`);
  return entries;
}

function textOf(source: RosterSource): Promise<string> {
  switch (source.kind) {
    case "file":
      return withDeadline(readBounded(source.path), `${source.path} was not read within ${fileTimeoutMs} ms`);
    case "command":
      return outputOf(source);
    default:
      return unreachable(source);
  }
}

function entriesOf(text: string): readonly string[] {
  const content = text.replace(/^\uFEFF/u, "").trim();
  if (content.startsWith("[")) {
    const array = z.array(z.string()).safeParse(parseJson(content));
    if (!array.success) throw new Error("it looks like JSON and is not an array of texts");
    return array.data.map((entry) => entry.trim());
  }
  return content
    .split(/\r?\n/u)
    .map((line) => line.replace(/(?:^|\s)#.*$/u, "").trim())
    .filter((line) => line !== "");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what is wrong; the parser's words would quote the text.
    return undefined;
  }
}

function isEntry(entry: string): boolean {
  // Addresses come in any spelling from other systems.
  const human = entry.includes("@") ? entry.toLowerCase() : entry;
  return userIdSchema.safeParse(entry).success || humanIdSchema.safeParse(human).success;
}

async function readBounded(path: string): Promise<string> {
  // Not blocking, so that a pipe that stands there is refused instead of waited for.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = await file.stat();
  if (!stat.isFile()) throw new Error(`${path} is not a file`);
  if ((stat.mode & 0o002) !== 0)
    throw new Error(
      `everybody on this machine may write ${path}, so it proves nothing; take that right away (chmod o-w)`,
    );
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > maxBytes) throw new Error(`${path} is longer than ${maxBytes} bytes`);
  return buffer.toString("utf8", 0, length);
}

async function outputOf({ argv, timeoutMs }: Extract<RosterSource, { readonly kind: "command" }>): Promise<string> {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error("the command has no words");
  const { exitCode, stdout, timedOut, isTooLong } = await runInTime({
    argv: [program, ...words],
    env: environment,
    cwd: "/",
    timeoutMs,
    maxBytes,
    isForeign: true,
  });
  if (timedOut) throw new Error(`${program} did not end within ${timeoutMs} ms and was stopped`);
  if (isTooLong) throw new Error(`${program} wrote more than ${maxBytes} bytes`);
  if (exitCode !== 0)
    throw new Error(
      `${program} ${exitCode === undefined ? "could not be run" : `ended with status ${exitCode}`}; run it by hand as the bot's account`,
    );
  return stdout;
}

async function withDeadline<T>(work: Promise<T>, problem: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(problem)), fileTimeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
