import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import { codeOf } from "#src/record/database.ts";
import type { Letter } from "./letter.ts";

/** How long a result is handed in again that the database refuses for reasons of its own, before people are asked without it. */
const defaultPatienceMs = 120_000;

/** Remembers since when the record refuses which letter. */
export interface RefusedLetters {
  /**
   * Why a letter is not handed in again as it is, in words that hold nothing of it; undefined while it is worth another
   * try: the database did not answer, or what it says may be put right (rights, room on its disk, a time limit).
   */
  whyGivenUp(name: string, cause: unknown): string | undefined;
  /** It is out of the way, in whichever form. */
  forget(name: string): void;
}

/** By a steady clock; what a process before this one saw does not count. */
export function createRefusedLetters(patienceMs = defaultPatienceMs): RefusedLetters {
  const since = new Map<string, number>();
  return {
    whyGivenUp: (name, cause) => {
      if (!isAnswer(cause)) return undefined;
      const forEver = whyForEver(cause);
      if (forEver !== undefined) return forEver;
      const first = since.get(name) ?? performance.now();
      since.set(name, first);
      return performance.now() - first < patienceMs ? undefined : whyForNow(cause);
    },
    forget: (name) => {
      since.delete(name);
    },
  };
}

/**
 * What is told instead: the same attempt with an outcome that nobody knows, so that evidence is collected and people are
 * asked. It says nothing that the record could refuse, and is the same whenever it is made again.
 */
export function withoutResult(letter: Letter, why: string, keptAs: string): Letter {
  const { runnerId, report } = letter;
  return {
    ...letter,
    chunks: [],
    report: {
      outcome: "unknown",
      reason: `runner ${runnerId} saw it end (as ${report.outcome}), but the record does not take that result: ${why}; the runner keeps it as ${keptAs}`,
      precheck: [],
      proof: [],
      commands: [],
      output: { digest: digestOfText(""), lines: 0, bytes: 0, tail: [] },
      durationMs: 0,
    },
  };
}

/** Neither a database that is away nor one in which others were faster says anything about the letter. */
function isAnswer(cause: unknown): boolean {
  return !(cause instanceof AppError && (cause.code === "database_unreachable" || cause.code === "record_conflict"));
}

/**
 * Why the record never takes what was handed in, in words that hold nothing of it: what lies in it itself, its form, data
 * (22), a constraint (23), or more than the database can hold in one place (54). Undefined for everything else.
 */
export function whyForEver(cause: unknown): string | undefined {
  if (cause instanceof z.ZodError) return `it is not of the form that belongs into the record (${placesOf(cause)})`;
  const code = codeOf(cause);
  return code !== undefined && /^(?:22|23|54)[0-9A-Z]{3}$/u.test(code) ? refusedWith(code) : undefined;
}

function whyForNow(cause: unknown): string {
  const code = codeOf(cause);
  return code === undefined ? "it is refused again and again" : `${refusedWith(code)}, again and again`;
}

function refusedWith(code: string): string {
  return `PostgreSQL refuses it (${/^\w{1,30}$/u.test(code) ? code : "no code"})`;
}

const maxPlaces = 3;

/** Names of fields, never what is in them. */
function placesOf({ issues }: z.ZodError): string {
  const places = issues.slice(0, maxPlaces).map(({ path }) => path.map(nameOf).join("."));
  return [...new Set(places)].join(", ");
}

function nameOf(part: PropertyKey): string {
  const name = String(part);
  return /^[\w-]{1,40}$/u.test(name) ? name : "…";
}
