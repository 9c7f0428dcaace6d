import { readFile } from "node:fs/promises";
import { parsePublicKey } from "./signing-key.ts";
import type { PublicKey } from "./signing-key.ts";

/** Public keys in PEM, several while keys are rotated; undefined where the file is not there (yet) or holds none. */
export async function readPublicKeyFile(file: string): Promise<readonly PublicKey[] | undefined> {
  const pem = await readFile(file, "utf8").catch(() => undefined);
  const keys = parsePublicKeys(pem ?? "");
  return keys.length === 0 ? undefined : keys;
}

/** Every public key of a text. @throws AppError `config_invalid` for a block that is no Ed25519 public key. */
export function parsePublicKeys(pem: string): readonly PublicKey[] {
  const blocks = pem.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/gu) ?? [];
  return blocks.map((block) => parsePublicKey(block));
}
