import { readFile } from "node:fs/promises";
import { parsePublicKey } from "./signing-key.ts";
import type { PublicKey } from "./signing-key.ts";

/** Public keys in PEM, several while keys are rotated; undefined where the file is not there (yet) or holds none. */
export async function readPublicKeyFile(file: string): Promise<readonly PublicKey[] | undefined> {
  const pem = await readFile(file, "utf8").catch(() => undefined);
  const blocks = pem?.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/gu) ?? [];
  return blocks.length === 0 ? undefined : blocks.map((block) => parsePublicKey(block));
}
