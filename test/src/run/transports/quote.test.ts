import fc from "fast-check";
import { execa } from "execa";
import { expect, test } from "vitest";
import { AppError } from "#src/kernel/app-error.ts";
import { quoteWord, quoteWords } from "#src/run/transports/quote.ts";

const shells = await Promise.all(
  [["sh"], ["dash"], ["bash", "--posix"], ["bash"], ["busybox", "sh"]].map(async ([program = "", ...words]) => {
    const { exitCode } = await execa(program, [...words, "-c", "exit 0"], { reject: false, stdin: "ignore" });
    return exitCode === 0 ? [[program, ...words]] : [];
  }),
).then((found) => found.flat());

const hostile = [
  "",
  "-",
  "--",
  "-n",
  "-e",
  " ",
  "*",
  "?",
  "[a-z]*",
  "~",
  "~root",
  "$HOME",
  "${HOME}",
  "$(id)",
  "`id`",
  "$((1+1))",
  "'",
  "''",
  "'\\''",
  '"',
  "\\",
  "\\\\",
  "\\n",
  "\n",
  "\n\n",
  "a\nb",
  "\r\n",
  "!",
  "!!",
  "#",
  ";",
  "&& id",
  "|id",
  ">x",
  "<x",
  "(",
  ")",
  "{a,b}",
  "a=b",
  "%s%n",
  "é",
  "日本語",
  "🦍",
  "\u0085",
  "\u2028",
  "\ufeff",
  "x".repeat(100_000),
];

/** Words as a shell hands them to a program; `bytes` says how the script's text becomes bytes. */
async function through(
  [program = "", ...words]: readonly string[],
  given: readonly string[],
  bytes: "utf8" | "latin1",
): Promise<readonly string[]> {
  const script = `${quoteWords([process.execPath, "-e", print, "--", ...given])}\nexit\n`;
  const { stdout } = await execa(program, words, { input: Buffer.from(script, bytes), encoding: "buffer" });
  return wordsOf(Buffer.from(stdout).toString("latin1"), bytes);
}

/** A program's own arguments, byte by byte: Node would read them as UTF-8. */
const print = `
const all = require("node:fs").readFileSync("/proc/self/cmdline").toString("latin1").split("\\0");
const from = all.indexOf("--") + 1;
process.stdout.write(Buffer.from(all.slice(from, -1).map((one) => Buffer.from(one, "latin1").toString("hex")).join(" "), "latin1"));
`;

function wordsOf(text: string, bytes: "utf8" | "latin1"): readonly string[] {
  return text.split(" ").map((hex) => Buffer.from(hex, "hex").toString(bytes));
}

test.each(shells.map((shell) => [shell.join(" "), shell] as const))(
  "%s gives a program every byte, every hostile word and any text as they were",
  async (_, shell) => {
    expect(await through(shell, hostile, "utf8")).toStrictEqual(hostile);
    // Every byte but NUL alone, between others, and all in a row, as bytes that are no UTF-8.
    const every = Array.from({ length: 255 }, (__, index) => String.fromCharCode(index + 1));
    const raw = [...every, ...every.map((one) => `a${one}b`), every.join("")];
    expect(await through(shell, raw, "latin1")).toStrictEqual(raw);
    const word = fc
      .string({ unit: "binary", maxLength: 40 })
      .filter((text) => !text.includes("\0") && text.isWellFormed());
    const words = fc.array(word, { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(words, async (given) => {
        expect(await through(shell, given, "utf8")).toStrictEqual(given);
      }),
      { numRuns: 4 },
    );
  },
);

test("what no argument can hold is refused", () => {
  expect(() => quoteWord("a\0b")).toThrow(AppError);
  expect(() => quoteWord("a\ud800b")).toThrow(AppError);
  expect(() => quoteWords(["fine", "\udfff"])).toThrow("surrogate");
});
