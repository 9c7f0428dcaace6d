import { z } from "zod";
import { durationMsSchema } from "#src/kernel/duration.ts";

/** Timers of Node overflow at 24 days and then fire at once; no time of an upgrade is that long. */
const longestMs = 7 * 86_400_000;
type DurationField = z.ZodPipe<z.ZodDefault<z.ZodString>, typeof durationMsSchema>;

const durationMs = durationMsSchema.refine(
  (ms) => ms >= 1 && ms <= longestMs,
  "expected a duration between 1ms and 7d",
);

/** A duration as people write it, in milliseconds; with a default. */
export const duration = (fallback: string, description: string): DurationField =>
  z.string().default(fallback).pipe(durationMs).describe(`${description} (e.g. 30s, 10m, 2h; default ${fallback})`);
/** A duration that has no default of its own. */
export const plainDuration = (description: string): z.ZodPipe<z.ZodString, typeof durationMsSchema> =>
  z.string().pipe(durationMs).describe(`${description} (e.g. 30s, 10m, 2h)`);
/** An HTTP address. */
export const url = z.url({ protocol: /^https?$/u, error: "expected an address such as http://10.0.0.11:8001" });
/** An absolute path on the runner. */
export const path = z.string().startsWith("/", "expected an absolute path, one that begins with /");
export const channel = z.string().regex(/^[CG][A-Z0-9]{2,}$/u, "expected a Slack channel id such as C0PRACTCE");
/** How an environment, or a list of people, may be called; people type it in Slack. */
export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/u, "expected a name of lower-case letters, digits and dashes, at most 40 characters");
