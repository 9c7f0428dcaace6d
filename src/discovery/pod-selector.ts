import { z } from "zod";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";

/** Kubernetes: apimachinery `validation.IsQualifiedName` and `IsValidLabelValue`. */
const keySchema = z
  .string()
  .regex(/^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/u);
const valueSchema = z.string().regex(/^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/u);
const values = z.array(valueSchema).min(1);

const expressionSchema = z.discriminatedUnion("operator", [
  z.strictObject({ key: keySchema, operator: z.literal("In"), values }),
  z.strictObject({ key: keySchema, operator: z.literal("NotIn"), values }),
  z.strictObject({ key: keySchema, operator: z.literal("Exists"), values: z.array(z.never()).nullish() }),
  z.strictObject({ key: keySchema, operator: z.literal("DoesNotExist"), values: z.array(z.never()).nullish() }),
]);
type Expression = z.infer<typeof expressionSchema>;

/** A `LabelSelector` (meta/v1). Strict: a condition that is not known would be left out, and others' pods selected. */
const workloadSchema = z.object({
  spec: z.object({
    selector: z.strictObject({
      matchLabels: z.record(keySchema, valueSchema).nullish(),
      matchExpressions: z.array(expressionSchema).nullish(),
    }),
  }),
});

/**
 * What `kubectl --selector` is given to select the same pods as a workload does, all of its conditions. A workload whose
 * selector is of another form, or selects every pod, is refused. `name` is for the sentence.
 */
export function podSelector(workload: unknown, name: string): Result<string, string> {
  const found = workloadSchema.safeParse(workload);
  if (!found.success) return no(`${name} selects its pods in a way that is not known here: name a pod instead`);
  const { matchLabels, matchExpressions } = found.data.spec.selector;
  const conditions = [
    ...Object.entries(matchLabels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .toSorted(),
    ...(matchExpressions ?? []).map((expression) => conditionOf(expression)).toSorted(),
  ];
  return conditions.length === 0
    ? no(`${name} selects its pods by no label, and so those of others: name a pod instead`)
    : ok(conditions.join(","));
}

/** In the set-based form of kubectl, where `notin` holds for a pod without the label, too, as `NotIn` does. */
function conditionOf(expression: Expression): string {
  switch (expression.operator) {
    case "In":
      return `${expression.key} in (${expression.values.join(",")})`;
    case "NotIn":
      return `${expression.key} notin (${expression.values.join(",")})`;
    case "Exists":
      return expression.key;
    case "DoesNotExist":
      return `!${expression.key}`;
  }
}
