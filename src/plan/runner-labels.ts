import { z } from "zod";

const labelName = /^[a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?$/u;
const labelValue = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/u;
/** Labels are shown in messages of a few lines. */
const maxLabels = 20;

/** What tells runners apart, e.g. `zone: eu`: a runner has some, an environment may ask for some. */
export const labelsSchema = z
  .record(
    z
      .string()
      .regex(labelName, "expected a label such as zone, of lower-case letters, digits, dots, dashes and slashes"),
    z.string().regex(labelValue, "expected a value such as eu-1, of letters, digits, dots, dashes and underscores"),
  )
  .refine((labels) => Object.keys(labels).length <= maxLabels, `expected at most ${maxLabels} labels`);
export type Labels = Readonly<z.infer<typeof labelsSchema>>;

/** Labels as people type them, each `zone=eu`; undefined where one is not written so, or one name has two values. */
export function parseLabels(words: readonly string[]): Labels | undefined {
  const pairs = words.map((word) => /^([^=]+)=(.+)$/u.exec(word)?.slice(1, 3) ?? []);
  const names = new Set(pairs.map(([name]) => name));
  const parsed = labelsSchema.safeParse(Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value])));
  return parsed.success && names.size === words.length ? parsed.data : undefined;
}

/** The wanted labels that are not there with this very value; a runner without any that is missing may serve. */
export function missingLabels(wanted: Labels, own: Labels): Labels {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => own[name] !== value));
}

/** `tier=gold, zone=eu`, in the same order always. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(", ");
}
