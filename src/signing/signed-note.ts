import { createHash, sign, verify } from "node:crypto";
import { parsePublicKey, publicKeyFromRaw } from "./signing-key.ts";
import type { PublicKey, SigningKey } from "./signing-key.ts";

/** A key under a name, as C2SP signed notes know it (c2sp.org/signed-note@v1.0.0). */
export interface NoteVerifier {
  readonly name: string;
  readonly publicKey: PublicKey;
}

export type OpenedNote =
  | { readonly kind: "signed"; readonly text: string; readonly by: NoteVerifier }
  /** Not in the form of a signed note. */
  | { readonly kind: "malformed" }
  /** Nobody known signed it. */
  | { readonly kind: "unknown_signer"; readonly claimed: readonly string[] }
  /** It claims a known key, but the signature does not fit the text. */
  | { readonly kind: "bad_signature"; readonly name: string };

/** Signature type byte of plain Ed25519 in key ids and verifier keys. */
const ed25519Type = 0x01;
const keyIdLength = 4;
/** More than the specification asks for (16), and a bound. */
const maxSignatures = 64;
const nameForm = /^[^\s+\p{White_Space}]+$/u;

/** `name+hash+base64`: how Go's `note` package and its kin write a verifier key. */
export function formatVerifier({ name, publicKey }: NoteVerifier): string {
  const encoded = Buffer.concat([Uint8Array.of(ed25519Type), publicKey.raw]).toString("base64");
  return `${name}+${noteKeyId(name, publicKey).toString("hex")}+${encoded}`;
}

/** Reads `name+hash+base64`; undefined where the form, the algorithm or the hash is wrong. */
export function parseVerifier(text: string): NoteVerifier | undefined {
  // Base64 may hold plus signs, a name and a hex hash cannot.
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text.trim());
  const [, name, hash, encoded] = match ?? [];
  if (name === undefined || hash === undefined || encoded === undefined || !nameForm.test(name)) return undefined;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes[0] !== ed25519Type) return undefined;
  const publicKey = publicKeyFromRaw(bytes.subarray(1));
  if (publicKey === undefined || noteKeyId(name, publicKey).toString("hex") !== hash) return undefined;
  return { name, publicKey };
}

/**
 * A key that somebody was given to trust: PEM, or a verifier key of any name.
 * @throws AppError `config_invalid`.
 */
export function readTrustedKey(text: string): PublicKey {
  return parseVerifier(text)?.publicKey ?? parsePublicKey(text);
}

/** Signs a text that ends in a newline. @throws Error for a name or text that the format forbids. */
export function signNote(text: string, name: string, key: SigningKey): string {
  if (!nameForm.test(name)) throw new Error(`a note key name has no spaces and no plus, got ${JSON.stringify(name)}`);
  if (!isNoteText(text)) throw new Error("a note is well-formed text without control characters, ending in a newline");
  const signature = sign(null, Buffer.from(text), key.privateKey);
  const encoded = Buffer.concat([noteKeyId(name, key.publicKey), signature]).toString("base64");
  return `${text}\n— ${name} ${encoded}\n`;
}

/** Verifies a note against known keys; unknown signatures are ignored, a bad one of a known key spoils the note. */
export function openNote(note: string, known: readonly NoteVerifier[]): OpenedNote {
  const split = note.lastIndexOf("\n\n");
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2).split("\n");
  if (split < 0 || lines.pop() !== "" || lines.length > maxSignatures || !isNoteText(text))
    return { kind: "malformed" };
  const signatures = lines.map(parseSignature).filter((line) => line !== undefined);
  if (signatures.length === 0 || signatures.length !== lines.length) return { kind: "malformed" };

  let by: NoteVerifier | undefined;
  for (const { name, keyId, signature } of signatures) {
    const verifier = known.find((key) => key.name === name && noteKeyId(name, key.publicKey).equals(keyId));
    if (verifier === undefined) continue;
    if (!verify(null, Buffer.from(text), verifier.publicKey.key, signature)) return { kind: "bad_signature", name };
    by ??= verifier;
  }
  if (by !== undefined) return { kind: "signed", text, by };
  return { kind: "unknown_signer", claimed: signatures.map((line) => `${line.name}+${line.keyId.toString("hex")}`) };
}

function parseSignature(line: string): { name: string; keyId: Buffer; signature: Buffer } | undefined {
  const match = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
  const [, name, encoded] = match ?? [];
  if (name === undefined || encoded === undefined || !nameForm.test(name)) return undefined;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length <= keyIdLength) return undefined;
  return { name, keyId: bytes.subarray(0, keyIdLength), signature: bytes.subarray(keyIdLength) };
}

/** SHA-256(name || 0x0A || 0x01 || public key)[:4], as the specification recommends. */
function noteKeyId(name: string, { raw }: PublicKey): Buffer {
  return createHash("sha256")
    .update(`${name}\n`)
    .update(Uint8Array.of(ed25519Type))
    .update(raw)
    .digest()
    .subarray(0, keyIdLength);
}

function isNoteText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the format forbids exactly these characters
  return text.endsWith("\n") && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/u.test(text);
}
