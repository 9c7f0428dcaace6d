import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Source } from "#src/kong/facts.ts";
import { redactText } from "./redact.ts";

/** One line: what a schema says of a document is a list of many. */
function sayWhy(error: unknown): string {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
  if (issue === undefined) return errorMessage(error);
  const where = issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  return `answered another document than Kong's: ${issue.message}${where}`;
}

/** Reads sources one by one and keeps what each of them came to: a failed one costs its facts, never the survey. */
export class SurveyLog {
  readonly #now: () => Instant;
  readonly #sources: Source[] = [];

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** The value of a source, or undefined after noting the failure with what stays undecided because of it. */
  async read<Value>(
    name: string,
    undecided: readonly string[],
    read: () => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      const value = await read();
      this.#sources.push({ name, outcome: { kind: "read", at: this.#now() } });
      return value;
    } catch (error) {
      this.fail(name, undecided, sayWhy(error));
      return undefined;
    }
  }

  fail(name: string, undecided: readonly string[], problem: string): void {
    this.#sources.push({ name, outcome: { kind: "failed", at: this.#now(), problem: redactText(problem), undecided } });
  }

  /** All sources in a fixed order, so that equal surveys give equal facts. */
  sources(): readonly Source[] {
    return this.#sources.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }
}
