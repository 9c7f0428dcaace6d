import type { Arguments, Command, Option, Positional } from "./command.ts";
import { usageOf } from "./command.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { readMoment } from "#src/kernel/typed-moment.ts";
import { splitWords, textFrom } from "./words.ts";
import type { Word } from "./words.ts";

export type Parsed =
  | { readonly kind: "command"; readonly command: Command; readonly arguments: Arguments }
  | { readonly kind: "mistake"; readonly sentence: string; readonly help: string };

/** Reads one typed line (without the slash command) by the grammar of the table. An empty line asks for help. */
export function parseLine(line: string, table: readonly Command[], environments: readonly string[]): Parsed {
  return parseTyped({ words: splitWords(line), textFrom: (word) => textFrom(line, word) }, table, environments);
}

/** The same for arguments that a shell has split already: each is taken as it is, whatever quotes or blanks it holds. */
export function parseArguments(
  given: readonly string[],
  table: readonly Command[],
  environments: readonly string[],
): Parsed {
  const words = given.map((text, start) => ({ text, start, isQuoted: false }));
  return parseTyped({ words, textFrom: ({ start }) => given.slice(start).join(" ") }, table, environments);
}

interface Typed {
  readonly words: readonly Word[];
  /** Everything from a word to the end, as it was typed. */
  readonly textFrom: (word: Word) => string;
}

function parseTyped(
  { words, textFrom: rest }: Typed,
  table: readonly Command[],
  environments: readonly string[],
): Parsed {
  const [first, ...following] = words;
  const word = first === undefined ? "help" : first.text.toLowerCase();
  const command = table.find((candidate) => candidate.word === word);
  if (command === undefined) return unknownWord(word, table);
  return readWords({ command, textFrom: rest, environments }, following);
}

interface Gathering {
  readonly options: Map<string, string>;
  readonly positionals: Map<string, string>;
}

type Mistake = Extract<Parsed, { kind: "mistake" }>;

interface Reading extends Pick<Typed, "textFrom"> {
  readonly command: Command;
  readonly environments: readonly string[];
}

function readWords(reading: Reading, words: readonly Word[]): Parsed {
  const { command } = reading;
  const gathered: Gathering = { options: new Map(), positionals: new Map() };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    if (isTextNext(reading, gathered, word)) {
      const text = command.positionals.find((positional) => positional.kind === "text");
      if (text !== undefined) gathered.positionals.set(text.name, reading.textFrom(word));
      break;
    }
    const taken =
      word.text.startsWith("--") && !word.isQuoted
        ? takeOption(command, gathered, words.slice(index))
        : takePositional(reading, gathered, word);
    if (typeof taken !== "number") return taken;
    index += taken - 1;
  }
  return missing(command, gathered) ?? { kind: "command", command, arguments: gathered };
}

/**
 * What the next word is, in the order of the grammar. Where words follow it that are no target, a target that may be
 * left out is left out by a word that names no upgrade and no environment.
 */
function nextPositional(
  { command, environments }: Reading,
  { positionals }: Gathering,
  word: Word,
): Positional | undefined {
  const last = command.positionals.findLastIndex(({ name }) => positionals.has(name));
  const [first, ...rest] = command.positionals.slice(last + 1);
  const canBeLeftOut = first?.kind === "target" && !first.isRequired && rest.length > 0;
  return canBeLeftOut && !isTarget(word, environments) ? rest[0] : first;
}

function isTarget({ text }: Word, environments: readonly string[]): boolean {
  return environments.includes(text.toLowerCase()) || /^ku-\d{4}-\d+$/iu.test(text);
}

/** Free text goes on to the end of the line; before it stands whatever else is an option. */
function isTextNext(reading: Reading, gathered: Gathering, word: Word): boolean {
  const next = nextPositional(reading, gathered, word);
  if (next?.kind !== "text") return false;
  const isFirst = reading.command.positionals.every(({ name }) => !gathered.positionals.has(name));
  const isOption = word.text.startsWith("--") && !word.isQuoted;
  return !(isFirst && isOption);
}

function takeOption(command: Command, { options }: Gathering, words: readonly Word[]): number | Mistake {
  const [, typed = "", inline] = /^--([^=]*)(?:=(.*))?$/su.exec(words[0]?.text ?? "") ?? [];
  const option = command.options.find((candidate) => candidate.name === typed.toLowerCase());
  if (option === undefined) return unknownOption(command, typed);
  if (option.value !== undefined) return takeValue(command, options, { option, inline }, words);
  if (inline !== undefined) return mistake(command, `\`--${option.name}\` takes no value.`);
  options.set(option.name, "");
  return 1;
}

function takeValue(
  command: Command,
  options: Map<string, string>,
  { option, inline }: { readonly option: Option; readonly inline: string | undefined },
  [_word, following, ...rest]: readonly Word[],
): number | Mistake {
  // Of two reasons the first would be gone without a word.
  if (options.has(option.name)) return mistake(command, `\`--${option.name}\` stands there twice.`);
  if (option.isMoment === true && inline === undefined)
    return takeMoment(command, options, option, following === undefined ? [] : [following, ...rest]);
  const value = inline ?? valueAfter(following);
  if (value === undefined || value === "") return mistake(command, `\`--${option.name}\` needs a value.`);
  const problem = checkChoice(command, option, value);
  if (problem !== undefined) return problem;
  options.set(option.name, value);
  return inline === undefined ? 2 : 1;
}

/** A date and a time of day with a space between them are several words and one more than a moment. */
const longestMoment = 4;

/** As many words as are a moment together; where none are, the next one, so that the command can say what is wrong. */
function takeMoment(
  command: Command,
  options: Map<string, string>,
  { name }: Option,
  words: readonly Word[],
): number | Mistake {
  const first = valueAfter(words[0]);
  if (first === undefined || first === "") return mistake(command, `\`--${name}\` needs a value.`);
  const loose = words.slice(0, longestMoment);
  const end = loose.findIndex((word, index) => index > 0 && (word.isQuoted || word.text.startsWith("--")));
  const candidates = words[0]?.isQuoted === true ? loose.slice(0, 1) : loose.slice(0, end === -1 ? undefined : end);
  for (let count = candidates.length; count > 0; count -= 1) {
    const text = candidates
      .slice(0, count)
      .map((word) => word.text)
      .join(" ");
    if (readMoment(text) === undefined) continue;
    options.set(name, text);
    return 1 + count;
  }
  options.set(name, first);
  return 2;
}

function valueAfter(word: Word | undefined): string | undefined {
  const isOption = word?.text.startsWith("--") === true && !word.isQuoted;
  return isOption ? undefined : word?.text;
}

function takePositional(reading: Reading, gathered: Gathering, word: Word): number | Mistake {
  const { command } = reading;
  const next = nextPositional(reading, gathered, word);
  if (next === undefined) return mistake(command, `\`${command.word}\` does not understand \`${word.text}\`.`);
  const { name, choices } = next;
  const value = choices === undefined ? word.text : word.text.toLowerCase();
  if (choices !== undefined && !choices.includes(value))
    return mistake(command, `The ${name} cannot be \`${word.text}\`. Possible: ${choices.join(", ")}.`);
  gathered.positionals.set(name, value);
  return 1;
}

function checkChoice(command: Command, option: Option, value: string): Mistake | undefined {
  if (option.choices === undefined || option.choices.includes(value)) return undefined;
  const near = nearest(value, option.choices);
  return mistake(
    command,
    `\`--${option.name}\` cannot be \`${value}\`.${near === undefined ? "" : ` Did you mean \`${near}\`?`} Possible: ${option.choices.join(", ")}.`,
  );
}

function missing(command: Command, { positionals, options }: Gathering): Mistake | undefined {
  const positional = command.positionals.find(({ name, isRequired }) => isRequired && !positionals.has(name));
  if (positional !== undefined)
    return mistake(
      command,
      `\`${command.word}\` needs ${/^[aeiou]/u.test(positional.name) ? "an" : "a"} ${positional.name}.`,
    );
  const option = command.options.find(({ name, isRequired }) => isRequired === true && !options.has(name));
  return option === undefined ? undefined : mistake(command, `\`${command.word}\` needs \`--${option.name}\`.`);
}

function unknownWord(word: string, table: readonly Command[]): Mistake {
  const near = nearest(
    word,
    table.map((command) => command.word),
  );
  return {
    kind: "mistake",
    sentence: `I do not know \`${word}\`.${near === undefined ? "" : ` Did you mean \`${near}\`?`}`,
    help: `Words: ${table.map((command) => command.word).join(", ")}. \`help <word>\` tells more.`,
  };
}

function unknownOption(command: Command, typed: string): Mistake {
  const near = nearest(
    typed,
    command.options.map((option) => option.name),
  );
  return mistake(
    command,
    `\`${command.word}\` has no option \`--${typed}\`.${near === undefined ? "" : ` Did you mean \`--${near}\`?`}`,
  );
}

function mistake(command: Command, sentence: string): Mistake {
  return { kind: "mistake", sentence, help: `Usage: \`${usageOf(command)}\`\nExample: \`${command.example}\`` };
}
