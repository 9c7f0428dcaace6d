import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";

/** Version of the file's form; a reader refuses what it does not know. */
export const exportFormat = "kong-upgrade change record v1";

/** The exported change record. Events stay raw here: they are verified as they lie in the file. */
export const exportSchema = z.object({
  format: z.literal(exportFormat),
  upgradeId: upgradeIdSchema,
  /** Name of the log in the checkpoints. */
  origin: z.string(),
  /** C2SP verifier keys (`name+hash+base64`) of this installation. */
  verifierKeys: z.array(z.string()).readonly(),
  head: z.object({ version: z.number().int(), hash: digestSchema }),
  events: z.array(z.unknown()).readonly(),
  /** C2SP signed notes, oldest first. */
  checkpoints: z.array(z.string()).readonly(),
  doesNotProve: z.array(z.string()).readonly(),
});
export type ChangeRecordFile = z.infer<typeof exportSchema>;

/** What nobody should read into a verified record. */
export const doesNotProve = [
  "It does not prove that the commands did on the machines what their output says: it holds what a runner saw and reported.",
  "It does not prove who sat at a Slack account: people are named by the identity that Slack gave at that moment.",
  "Whoever holds the signing key, or can write to the database before a checkpoint is signed, could have written another history; compare the head with the one posted in the Slack thread.",
  "Events after the last signed checkpoint are chained, but not signed: that nothing was cut off behind them shows only by a head kept elsewhere.",
  "The times are those of the clock of the database server; no independent time stamp was taken.",
  "It does not prove that there was no other way to change Kong: only what went through kong-upgrade is here.",
] as const;
