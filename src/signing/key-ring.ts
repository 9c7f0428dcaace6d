import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readPublicKeyFile } from "./public-key-file.ts";
import { loadOrCreateKey, parseSigningKey, publicKeyPem } from "./signing-key.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** The keys of this installation: what is signed now is signed with one, what was sealed before may be of another. */
export interface KeyRing {
  readonly signing: SigningKey;
  /** The public half of `signing`, and those of the keys before it; newest first. */
  readonly trusted: readonly PublicKey[];
}

/** Where the keys of the bot come from. */
export interface KeySources {
  /** The private key itself (PKCS #8 PEM), for places where secrets are environment variables; wins over the file. */
  readonly keyPem: string | undefined;
  /** The private key's file, made on first use. */
  readonly keyFile: string;
  /** Public keys in PEM: those of earlier keys are trusted for what they sealed. */
  readonly publicKeysFile: string;
}

/** More keys than this nobody rotates through while upgrades are open. */
const maxTrusted = 16;

/** A ring of one key. */
export function soleKey(signing: SigningKey): KeyRing {
  return { signing, trusted: [signing.publicKey] };
}

/**
 * Reads the key that signs and the earlier ones that are still trusted.
 * @throws AppError `config_invalid` for a key that cannot be used.
 */
export async function openKeyRing({ keyPem, keyFile, publicKeysFile }: KeySources): Promise<KeyRing> {
  const signing =
    keyPem === undefined
      ? await loadOrCreateKey(keyFile)
      : parseSigningKey(keyPem, "in the environment (KONG_UPGRADE_SIGNING_KEY_PEM)");
  const listed = (await readPublicKeyFile(publicKeysFile)) ?? [];
  const earlier = listed.filter(({ keyId }) => keyId !== signing.publicKey.keyId);
  return { signing, trusted: [signing.publicKey, ...earlier].slice(0, maxTrusted) };
}

/**
 * Writes the public keys for runners and for the next start, newest first; earlier ones stay, so that what they signed is
 * still believed. Either all of it is there or the file from before. @throws Error where the file cannot be written.
 */
export async function publishKeys(file: string, { trusted }: KeyRing): Promise<void> {
  const listed = (await readPublicKeyFile(file)) ?? [];
  if (trusted.every(({ keyId }, index) => listed[index]?.keyId === keyId)) return;
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, trusted.map(publicKeyPem).join(""), { mode: 0o644, flag: "wx", flush: true });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
