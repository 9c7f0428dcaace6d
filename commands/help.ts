import { header, section, sections } from "#src/slack/views/blocks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { escapeText, inlineCode } from "#src/slack/views/text.ts";
import type { Command, Option } from "./command.ts";
import { usageOf } from "./command.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { answered, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";

/** The help for a table that includes help itself. */
export function helpCommand(table: () => readonly Command[]): Command {
  return {
    word: "help",
    summary: "what can be asked, and how",
    details: ["Without a word it lists everything; with one it explains that word."],
    example: "help plan",
    positionals: [{ name: "word", description: "the word to explain", isRequired: false, kind: "word" }],
    options: [],
    atTerminal: true,
    isReadOnly: true,
    run: async (call) => {
      const word = call.arguments.positionals.get("word")?.toLowerCase();
      if (word === undefined) return answered(overview(table()));
      const explained = explanationOf(word, table());
      if (explained !== undefined) return explained;
      const words = table().map((candidate) => candidate.word);
      const near = nearest(word, words);
      return refused({
        code: "usage",
        sentence: `I do not know “${word}”.${near === undefined ? "" : ` Did you mean “${near}”?`}`,
        help: `Words: ${words.join(", ")}.`,
      });
    },
  };
}

/** What one word is for and how it is typed; undefined for one that is not in the table. */
export function explanationOf(word: string, table: readonly Command[]): Reply | undefined {
  const command = table.find((candidate) => candidate.word === word.toLowerCase());
  return command && answered(explain(command));
}

function overview(table: readonly Command[]): Content {
  const lines = table.map((command) => `${inlineCode(`/kong-upgrade ${usageOf(command)}`)}\n    ${command.summary}`);
  const intro =
    "I upgrade Kong Gateway step by step: a plan first, then every step proven, dangerous ones only after named people approved exactly what runs.";
  return {
    text: `${intro}\n${lines.join("\n")}`,
    blocks: [header("kong-upgrade"), section(intro), ...sections(lines.join("\n"))],
  };
}

function described({ description, choices }: Pick<Option, "description" | "choices">): string {
  return `${escapeText(description)}${choices === undefined ? "" : ` (${choices.join(" or ")})`}`;
}

function explain(command: Command): Content {
  const parts = [
    `${inlineCode(`/kong-upgrade ${usageOf(command)}`)}\n${command.summary}`,
    ...command.details,
    ...command.positionals.map((positional) => `• *${positional.name}*: ${described(positional)}`),
    ...command.options.map((option) => `• *--${option.name}*: ${described(option)}`),
    `Example: ${inlineCode(`/kong-upgrade ${command.example}`)}`,
  ];
  return { text: parts.join("\n"), blocks: sections(parts.join("\n")) };
}
