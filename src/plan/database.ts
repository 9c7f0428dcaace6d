import { z } from "zod";
import { secretRefSchema } from "./secret-ref.ts";

/** A PostgreSQL database of Kong, and who may make and drop databases beside it. */
export const databaseSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  name: z.string(),
  user: z.string(),
  password: secretRefSchema.optional(),
  /** Role and database for `createdb`/`dropdb` and the scratch restore; the Kong role where absent. */
  admin: z.object({ user: z.string(), password: secretRefSchema.optional(), database: z.string() }),
});
export type Database = z.infer<typeof databaseSchema>;
