import { open } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";

/** Where coreutils keeps the library that its program `stdbuf` loads into others: Debian and Fedora. */
const libraries = ["/usr/libexec/coreutils/libstdbuf.so", "/usr/lib/coreutils/libstdbuf.so"];
const stdbuf = "/usr/bin/stdbuf";
/** A script whose interpreter is a script, as `kong` (resty, perl) is. */
const maxInterpreters = 5;
const headLength = 4_096;

type Variables = Readonly<Record<string, string>>;

/**
 * The variables that let a program hand over every line at once instead of 4 KB at a time, so that people see how far a
 * migration is (recorded with Kong 3.4.2: in a pipe all of its output arrives when it ends, with these each line after some
 * milliseconds). They are what `stdbuf -oL -eL` sets; the words of the command, which people approve, stay as they are.
 *
 * None for programs that may leave something running, because it would run with that library for ever, and where it is
 * not certain that it fits the program: the loader of the program must be that of `stdbuf` itself.
 */
export async function lineBuffering(argv: readonly string[], env: Variables): Promise<Variables> {
  const [program, ...words] = argv;
  if (program === undefined || !endsByItself(program, words)) return {};
  const [library, own, theirs] = await Promise.all([findLibrary(), loaderOf(stdbuf, env), loaderOf(program, env)]);
  if (library === undefined || own === undefined || own !== theirs) return {};
  const before = env["LD_PRELOAD"];
  return { LD_PRELOAD: before === undefined ? library : `${before}:${library}`, _STDBUF_O: "L", _STDBUF_E: "L" };
}

/** What takes long, tells its progress on stdout and starts no service. */
function endsByItself(program: string, [first, second]: readonly string[]): boolean {
  return basename(program) === "kong" && (first === "migrations" || (first === "config" && second === "db_import"));
}

async function findLibrary(): Promise<string | undefined> {
  const heads = await Promise.all(libraries.map((path) => readHead(path)));
  return libraries.find((_, index) => heads[index] !== undefined);
}

/** The dynamic loader that a program, or the last interpreter of a script, names; undefined where it has none. */
async function loaderOf(program: string, env: Variables): Promise<string | undefined> {
  let name: string | undefined = program;
  for (let interpreters = 0; name !== undefined && interpreters <= maxInterpreters; interpreters += 1) {
    const head = await readProgram(name, env);
    if (head === undefined) return undefined;
    if (head.subarray(0, 4).equals(elfMagic)) return loaderIn(head);
    name = interpreterIn(head);
  }
  return undefined;
}

async function readProgram(name: string, env: Variables): Promise<Buffer | undefined> {
  if (isAbsolute(name)) return readHead(name);
  for (const folder of (env["PATH"] ?? "").split(":").filter((each) => isAbsolute(each))) {
    const head = await readHead(join(folder, name));
    if (head !== undefined) return head;
  }
  return undefined;
}

/** `#!/usr/bin/env resty` means the program behind `env`. */
function interpreterIn(head: Buffer): string | undefined {
  const [, program, word] = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?/u.exec(head.toString("latin1")) ?? [];
  return program !== undefined && basename(program) === "env" ? word : program;
}

const elfMagic = Buffer.from("\u007fELF", "latin1");
const interpreterSegment = 3;

/** elf(5), 64 bits, least byte first: the path in the program header of type PT_INTERP. */
function loaderIn(head: Buffer): string | undefined {
  const isKnown = head.length > 64 && head[4] === 2 && head[5] === 1;
  if (!isKnown) return undefined;
  const headers = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  for (let index = 0; index < head.readUInt16LE(56); index += 1) {
    const at = headers + index * size;
    if (at + 56 > head.length) return undefined;
    if (head.readUInt32LE(at) !== interpreterSegment) continue;
    const from = Number(head.readBigUInt64LE(at + 8));
    return head.subarray(from, from + Number(head.readBigUInt64LE(at + 32)) - 1).toString("latin1");
  }
  return undefined;
}

/** What cannot be read is run as it is. */
async function readHead(path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  }
}
