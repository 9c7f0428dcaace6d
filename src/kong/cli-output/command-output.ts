/** What a finished `kong` process left; `exitCode` is undefined when a signal ended it. */
export interface CommandOutput {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const logPrefix = /^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} \[(?:info|verbose|debug|warn|error)\] /u;

/** Lines without the time and level that `--v` puts in front of them (seen in Kong 2.8.5 and 3.4.2). */
export function plainLines(text: string): readonly string[] {
  return text.split(/\r?\n/u).map((line) => line.replace(logPrefix, "").trimEnd());
}

/** The `Error: …` sentence of Kong, without the hint about `--v`; before a usage text its first line, else the last line of stderr. */
export function errorSentence(output: CommandOutput): string | undefined {
  const lines = plainLines(output.stderr).filter((line) => line.trim() !== "");
  const start = lines.findIndex((line) => line.startsWith("Error:"));
  if (start === -1) return lines.some((line) => line.startsWith("Usage:")) ? lines[0] : lines.at(-1);
  const sentence = lines[start]?.slice("Error:".length).trim() ?? "";
  return sentence === "" ? lines[start + 1] : sentence;
}
