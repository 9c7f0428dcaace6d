import { z } from "zod";

/** How bad a hazard is when it hits, worst first. */
export const severities = ["stops_start", "breaks_traffic", "changes_behaviour", "deprecation", "info"] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

/** One thing that is hit: the entity, the place in a file, and the value that offends. */
export const evidenceSchema = z.object({
  /** One line that says it all, for cards and terminals. */
  text: z.string(),
  /** e.g. `route`, `plugin key-auth`, `kong.conf`. */
  what: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  workspace: z.string().optional(),
  /** e.g. `paths[0]`, `config.whitelist`, `router_flavor`. */
  field: z.string().optional(),
  /** As it was read, secrets redacted, at most 200 characters. */
  value: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().min(1).optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A hazard that hits this environment, with its evidence; or a question only a person can answer. */
export const findingSchema = z.object({
  id: z.string(),
  kind: z.enum(["finding", "question", "undecided"]),
  severity: severitySchema,
  /** The subject it is grouped under; absent in records older than that. */
  area: z.string().optional(),
  title: z.string(),
  /** What it does to this installation. */
  effect: z.string(),
  /** Which route, which plugin, which line; at most 20 in records, `count` tells how many there are. Older records hold plain texts. */
  evidence: z.array(z.union([z.string(), evidenceSchema])).readonly(),
  count: z.number().int().nonnegative(),
  remedy: z.string(),
  /** What Kong's migration does by itself. */
  byMigration: z.string().optional(),
  /** Whether `check --fix-preview` can show the repaired file. */
  isFixable: z.boolean().optional(),
  /** Document and version the fact comes from. */
  source: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What people are asked, in words; the title in records that are older than questions in words. */
export function askedText({ title, evidence }: Finding): string {
  const asked = evidence.flatMap((piece) => (isQuestion(piece) ? [evidenceText(piece)] : []));
  return asked.length === 0 ? title : asked.join(" ");
}

/** Why it is asked: what stands beside the words of a question. */
export function reasonToAsk(question: Finding): string {
  const { title, effect } = question;
  return askedText(question) === title ? effect : `${title}. ${effect}`;
}

/** What is known to be hit if the answer is yes: as many pieces as were kept, and how many there are. */
export function hitIfYes({ evidence, count }: Finding): Pick<Finding, "evidence" | "count"> {
  const pieces = evidence.filter((piece) => !isQuestion(piece));
  return { evidence: pieces, count: Math.max(0, count - (evidence.length - pieces.length)) };
}

function isQuestion(piece: Finding["evidence"][number]): boolean {
  return typeof piece !== "string" && piece.what === "question";
}

/** The line that a card or terminal shows for a piece of evidence. */
export function evidenceText(evidence: Finding["evidence"][number]): string {
  return typeof evidence === "string" ? evidence : evidence.text;
}
