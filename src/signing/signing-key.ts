import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { readOrMakePrivateFile, unusableFile } from "./private-file.ts";

/** An Ed25519 public key. `keyId` is the digest of its 32 bytes. */
export interface PublicKey {
  readonly keyId: Digest;
  readonly key: KeyObject;
  /** The 32 bytes of RFC 8032. */
  readonly raw: Uint8Array;
}

/** An Ed25519 key pair; the private half never leaves this object. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: PublicKey;
}

const ed25519Jwk = z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() });

/**
 * Reads the key of this installation (PKCS #8 PEM), or makes one on first use, readable by its owner only.
 * Two processes that start at once end up with the same key.
 * @throws AppError `config_invalid` for a file that others can read, or that holds no Ed25519 private key.
 */
export async function loadOrCreateKey(file: string): Promise<SigningKey> {
  const pem = await readOrMakePrivateFile(file, { what: "the signing key", make: makePem });
  return parsePrivateKey(pem, file);
}

/**
 * Reads a private key from PEM; `where` says in complaints where it lies, and nothing of the key is told.
 * @throws AppError `config_invalid` for anything but an Ed25519 private key.
 */
export function parseSigningKey(pem: string, where: string): SigningKey {
  return parsePrivateKey(pem, where);
}

/** A key pair that lives only in memory: for tests and rehearsals. */
export function generateKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { privateKey, publicKey: publicKeyFrom(createPublicKey(privateKey)) };
}

/** The public half as PEM (SPKI), to be given to runners. */
export function publicKeyPem(publicKey: PublicKey): string {
  return publicKey.key.export({ type: "spki", format: "pem" }).toString();
}

/** Reads a public key from PEM. @throws AppError `config_invalid` for anything but an Ed25519 public key. */
export function parsePublicKey(pem: string): PublicKey {
  try {
    if (pem.includes("PRIVATE KEY")) throw new Error("it is a private key");
    return publicKeyFrom(createPublicKey(pem));
  } catch (cause) {
    throw new AppError(
      "config_invalid",
      "expected an Ed25519 public key in PEM form (`-----BEGIN PUBLIC KEY-----`); the bot writes its own into signing-key.pub.pem at start",
      { cause },
    );
  }
}

/** A public key from its 32 bytes; undefined for another length. */
export function publicKeyFromRaw(raw: Uint8Array): PublicKey | undefined {
  if (raw.length !== 32) return undefined;
  const x = Buffer.from(raw).toString("base64url");
  return publicKeyFrom(createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
}

function makePem(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function parsePrivateKey(pem: string, file: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: publicKeyFrom(createPublicKey(privateKey)) };
  } catch (cause) {
    throw unusableFile("the signing key", file, "it holds no Ed25519 private key in PEM form", cause);
  }
}

function publicKeyFrom(key: KeyObject): PublicKey {
  const { x } = ed25519Jwk.parse(key.export({ format: "jwk" }));
  const raw = new Uint8Array(Buffer.from(x, "base64url"));
  return { keyId: digestOfText(raw), key, raw };
}
