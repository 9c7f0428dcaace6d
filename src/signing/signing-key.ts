import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";

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
  const pem = await readFile(file, "utf8").catch(async (cause: unknown) => {
    if (!isMissing(cause)) throw unusable(file, "it cannot be read", cause);
    return createKeyFile(file);
  });
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw unusable(file, `others than its owner can open it (mode ${(mode & 0o777).toString(8)}); run chmod 600 on it`);
  }
  return parsePrivateKey(pem, file);
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

async function createKeyFile(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  // Linking a complete file into place is atomic and fails where another process was faster.
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, pem, { mode: 0o600, flag: "wx", flush: true });
    await link(draft, file).catch((cause: unknown) => {
      if (!hasCode(cause, "EEXIST")) throw cause;
    });
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unusable(file, "it cannot be made", cause);
  } finally {
    await rm(draft, { force: true });
  }
}

function parsePrivateKey(pem: string, file: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: publicKeyFrom(createPublicKey(privateKey)) };
  } catch (cause) {
    throw unusable(file, "it holds no Ed25519 private key in PEM form", cause);
  }
}

function publicKeyFrom(key: KeyObject): PublicKey {
  const { x } = ed25519Jwk.parse(key.export({ format: "jwk" }));
  const raw = new Uint8Array(Buffer.from(x, "base64url"));
  return { keyId: digestOfText(raw), key, raw };
}

function unusable(file: string, why: string, cause?: unknown): AppError {
  return new AppError("config_invalid", `the signing key ${file} cannot be used: ${why}`, { cause });
}

function isMissing(thrown: unknown): boolean {
  return hasCode(thrown, "ENOENT");
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
