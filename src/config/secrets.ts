import { readFile } from "node:fs/promises";
import { AppError } from "#src/kernel/app-error.ts";
import type { SecretRef } from "#src/plan/secret-ref.ts";

/** Reads a secret at the moment it is needed. @throws AppError `config_invalid` naming the place, never the value. */
export type ResolveSecret = (ref: SecretRef) => Promise<string>;

export function secretsFrom(environment: Readonly<Record<string, string | undefined>>): ResolveSecret {
  return async (ref) => {
    if ("env" in ref) {
      const value = environment[ref.env];
      if (value === undefined || value === "")
        throw new AppError(
          "config_invalid",
          `the secret in the environment variable ${ref.env} is not set; set it where the runner starts`,
        );
      return value;
    }
    const text = await readFile(ref.file, "utf8").catch((cause: unknown) => {
      throw new AppError("config_invalid", `the secret file ${ref.file} cannot be read by the runner`, { cause });
    });
    return text.replace(/\r?\n$/u, "");
  };
}
