import type { Environment } from "#src/plan/environment.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";
import type { Step } from "#src/plan/step.ts";
import type { ResolveSecret } from "./ports.ts";

/** The values of all secrets that an environment and a step know of, for redaction; those that cannot be read are left out. */
export async function secretsOf(
  environment: Environment,
  step: Step | undefined,
  resolveSecret: ResolveSecret,
): Promise<readonly string[]> {
  const values = await Promise.all(
    refsOf(environment, step).map((ref) =>
      // Whoever needs the value fails with the reason; a value that nobody can read cannot leak either.
      resolveSecret(ref).catch(() => undefined),
    ),
  );
  return values.filter((value) => value !== undefined);
}

/** Where all secrets lie that an environment, and a step of it, know of. */
export function refsOf(
  { database, green, nodes, adminApi, licence, metrics }: Environment,
  step: Step | undefined,
): readonly SecretRef[] {
  const commands = step?.action.kind === "commands" ? step.action.commands : [];
  const fields = step?.action.kind === "request" ? Object.values(step.action.secretFields) : [];
  const databases = [database, green?.database].filter((one) => one !== undefined);
  const passwords = databases.flatMap((one) => [one.password, one.admin.password]);
  const metricsToken = metrics?.from === "prometheus" ? metrics.token : undefined;
  const own = [...passwords, adminApi?.token, licence, metricsToken].filter((ref) => ref !== undefined);
  const all = [...nodes, ...(green?.nodes ?? []), ...commands];
  return [...own, ...fields, ...all.flatMap(({ secrets }) => Object.values(secrets))];
}
