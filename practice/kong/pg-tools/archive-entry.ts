import { z } from "zod";

/** Order of the sections of a dump; within one the entries keep their order. */
const sections = ["pre-data", "data", "post-data"] as const;

export const archiveEntry = z.object({
  /** Number in the table of contents, from 1. */
  id: z.number(),
  oid: z.number(),
  section: z.enum(sections),
  /** As pg_restore --list names it: TABLE, TABLE DATA, CONSTRAINT, … */
  kind: z.string(),
  schema: z.string(),
  tag: z.string(),
  owner: z.string(),
  /** What makes it; empty for TABLE DATA, whose statements follow in the data part. */
  create: z.string(),
  /** What removes it, with `{if exists}` where that may stand; empty when nothing is to be dropped. */
  drop: z.string(),
  /** `ALTER … OWNER TO …`, empty when the kind has no owner of its own. */
  own: z.string(),
});

/** One entry of a simulated dump's table of contents. */
export type ArchiveEntry = Readonly<z.infer<typeof archiveEntry>>;

export const archiveHeader = z.object({
  created: z.string(),
  database: z.string(),
  serverVersion: z.string(),
  toolVersion: z.string(),
  entries: z.array(archiveEntry).readonly(),
});

/** The table of contents of a simulated dump. */
export type ArchiveHeader = Readonly<z.infer<typeof archiveHeader>>;

/** Statements that load a part of one table. */
export const dataLine = z.object({ entry: z.number(), sql: z.string() });
/** See {@link dataLine}. */
export type DataLine = z.infer<typeof dataLine>;
