import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";

/** sha-256 over canonical JSON (RFC 8785), e.g. `sha256:9f86…`. */
export type Digest = `sha256:${string}`;

export const digestSchema = z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/u)]);

/** Canonical JSON (RFC 8785): equal values give equal bytes. @throws Error for values JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("only JSON values have a canonical form");
  return text;
}

/** Digest of any JSON value; key order does not matter. */
export function digestOf(value: unknown): Digest {
  return digestOfText(canonicalJson(value));
}

/** Digest of raw text or bytes. */
export function digestOfText(text: string | Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** The first 12 characters that people compare by eye. */
export function shortDigest(digest: Digest): string {
  return digest.slice("sha256:".length, "sha256:".length + 12);
}
