import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One recorded command of the real Kong and what it did. */
export interface RecordedCommand {
  /** Position among the recorded commands of its transcript, from 0. */
  readonly index: number;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  /** The rest of the line; the first word is mostly `kong`. */
  readonly words: readonly string[];
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** A recorded look into `schema_meta`: the rows that psql showed. */
export interface RecordedSchemaMeta {
  readonly rows: readonly (readonly string[])[];
}

/** A transcript in order. */
export type TranscriptStep =
  | { readonly kind: "command"; readonly command: RecordedCommand }
  | { readonly kind: "schema_meta"; readonly look: RecordedSchemaMeta };

const folder = join(import.meta.dirname, "..", "transcripts");

/** Reads the recorded commands, and the looks at all of `schema_meta`, of one transcript. */
export function readTranscript(name: string): readonly TranscriptStep[] {
  const text = readFileSync(join(folder, `${name}.txt`), "utf8");
  const found: { readonly at: number; readonly step: TranscriptStep }[] = [];
  let index = 0;
  for (const match of text.matchAll(commandBlock)) {
    const [, version = "", line = "", outBytes = "", stdout = "", errBytes = "", stderr = "", exitCode = ""] = match;
    const command: RecordedCommand = {
      index: index++,
      version,
      ...splitLine(line),
      line,
      stdout: exactText(stdout, Number(outBytes)),
      stderr: exactText(stderr, Number(errBytes)),
      exitCode: Number(exitCode),
    };
    found.push({ at: match.index, step: { kind: "command", command } });
  }
  for (const match of text.matchAll(schemaMetaBlock)) {
    const rows = (match[1] ?? "")
      .trimEnd()
      .split("\n")
      .map((row) => row.split("|").map((cell) => cell.trim()));
    found.push({ at: match.index, step: { kind: "schema_meta", look: { rows } } });
  }
  return found.sort((a, b) => a.at - b.at).map(({ step }) => step);
}

const commandBlock =
  /^\[kong ([\d.]+)\] \$ ([^\n]*(?:\n 127[^\n]*)?)\n--- stdout \((\d+) bytes\)\n(.*?)--- stderr \((\d+) bytes\)\n(.*?)^--- exit code (\d+)/gms;
const schemaMetaBlock =
  /select key,subsystem,last_executed,executed,pending from schema_meta[^\n]*\n[^\n]*\n[-+]+\n(.*?)\(\d+ rows\)/gs;

/** The recorder shows one line break at the end of every text; the byte count tells how many there really were. */
function exactText(text: string, bytes: number): string {
  const bare = text.replace(/\n+$/, "");
  const breaks = bytes - Buffer.byteLength(bare);
  return breaks >= 0 && breaks <= 3 ? bare + "\n".repeat(breaks) : text;
}

function splitLine(line: string): {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
} {
  const assigned = /^(KONG_\w+)=(.*) (kong .*)$/s.exec(line);
  const rest = assigned?.[3] ?? line;
  const env = assigned?.[1] === undefined ? {} : { [assigned[1]]: assigned[2] ?? "" };
  const script = /^sh -c (.*)$/s.exec(rest);
  return { env, words: script?.[1] === undefined ? rest.split(" ") : ["sh", "-c", script[1]] };
}
