import { createPrivateKey, createPublicKey } from "node:crypto";
import { parsePublicKey } from "#src/signing/signing-key.ts";
import type { SigningKey } from "#src/signing/signing-key.ts";

/** Made once with `openssl genpkey -algorithm ed25519`; the vectors in these tests were computed with openssl from it. */
const pkcs8 = "MC4CAQAwBQYDK2VwBCIEIK4/0ma5PihPA5KofswwBqljr5RNxu059Qi5FUt8EznX";

export function knownKey(): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8, "base64"), format: "der", type: "pkcs8" });
  const pem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  return { privateKey, publicKey: parsePublicKey(pem) };
}
