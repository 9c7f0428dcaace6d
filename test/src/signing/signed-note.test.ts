import { expect, test } from "vitest";
import { checkpointOf, formatCheckpoint, parseCheckpoint } from "#src/signing/checkpoint.ts";
import { formatVerifier, openNote, parseVerifier, readTrustedKey, signNote } from "#src/signing/signed-note.ts";
import type { NoteVerifier } from "#src/signing/signed-note.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { knownKey } from "./known-key.ts";

/** The example of Go's golang.org/x/mod/sumdb/note, the first implementation of the format. */
const goVerifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const goNote =
  "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n" +
  "\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const origin = "kong-upgrade/KU-2026-0001";
const opensslNote = `${origin}\n2\n+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=\n\n— ${origin} NGFPf095ymKquOkXHI6yOsgpSSUZPP1C4DdzqcyM631t+eLTVnp14bJyT3hGpIe13jSxe03/BG1DwM0xxrUd2TeGUQs=\n`;

test("a note made by Go's implementation opens with its verifier key", () => {
  const verifier = read(goVerifier);

  expect(formatVerifier(verifier)).toBe(goVerifier);
  expect(openNote(goNote, [verifier])).toEqual({
    kind: "signed",
    text: goNote.split("\n\n— ")[0] + "\n",
    by: verifier,
  });
});

test("a checkpoint is byte for byte the one computed with openssl", () => {
  const key = knownKey();
  const text = formatCheckpoint(checkpointOf(origin, [Buffer.alloc(0), Buffer.of(0)]));

  expect(signNote(text, origin, key)).toBe(opensslNote);
  expect(formatVerifier({ name: origin, publicKey: key.publicKey })).toBe(
    `${origin}+34614f7f+AYfrMXhbFcZP/oVlRsrAK5RkTFwOfMEs3w06hrmcAHLv`,
  );
});

test("a key to trust may be given as PEM or as verifier key of any name", () => {
  const { publicKey } = knownKey();

  for (const text of [publicKeyPem(publicKey), formatVerifier({ name: "any", publicKey })]) {
    expect(readTrustedKey(text).keyId).toBe(publicKey.keyId);
  }
  expect(() => readTrustedKey("something")).toThrow("expected an Ed25519 public key");
});

test("signatures of unknown keys are ignored, those of known keys must hold", () => {
  const [witness, log] = [generateKey(), knownKey()];
  const byLog = { name: origin, publicKey: log.publicKey };
  const byWitness = { name: "witness", publicKey: witness.publicKey };
  const text = "text\n";
  const both = signNote(text, "witness", witness) + signatureLine(signNote(text, origin, log));
  const spoiled = signNote(text, "witness", witness) + signatureLine(signNote("other\n", origin, log));

  expect(openNote(both, [byLog])).toMatchObject({ kind: "signed", by: byLog });
  expect(openNote(both, [byWitness])).toMatchObject({ kind: "signed", by: byWitness });
  expect(openNote(both, [])).toMatchObject({ kind: "unknown_signer" });
  expect(openNote(spoiled, [byWitness, byLog])).toEqual({ kind: "bad_signature", name: origin });
  expect(openNote(spoiled, [byWitness])).toMatchObject({ kind: "signed" });
});

test("a key of the same name but another hash is an unknown key", () => {
  const note = signNote("text\n", origin, generateKey());

  expect(openNote(note, [{ name: origin, publicKey: knownKey().publicKey }])).toMatchObject({ kind: "unknown_signer" });
});

test.each([
  "",
  "text\n",
  "text\n\n",
  "text\n\n— name\n",
  "text\n\n— name !!!!\n",
  "text\n\n— name AAAA\n",
  "text\n\n- name AAAAAAAAAAAA\n",
  "text\n\n— na+me AAAAAAAAAAAA\n",
  "te\u0000xt\n\n— name AAAAAAAAAAAA\n",
  "text\n\n— name AAAAAAAAAAAA",
  `text\n\n${"— name AAAAAAAAAAAA\n".repeat(65)}`,
])("a malformed note does not open (%#)", (note) => {
  expect(openNote(note, [])).toEqual({ kind: "malformed" });
});

test.each([
  "",
  "name",
  goVerifier.replace("c74f20a3", "c74f20a4"),
  goVerifier.replace("PeterNeumann", "Peter Neumann"),
  goVerifier.replace("+AR", "+Ah"),
  goVerifier.slice(0, -4),
])("a malformed verifier key is not read: %s", (text) => {
  expect(parseVerifier(text)).toBeUndefined();
});

test.each(["two words", "plus+", "", "no\u00a0break"])("a key cannot be called %j", (name) => {
  expect(() => signNote("text\n", name, knownKey())).toThrow("key name");
});

test.each(["no newline", "tab\t\n", "\ud800\n"])("the text %j cannot be signed", (text) => {
  expect(() => signNote(text, "name", knownKey())).toThrow("note");
});

const root = "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=";

test("a checkpoint is read with or without extension lines", () => {
  expect(parseCheckpoint(`a/b\n12\n${root}\n`)).toEqual({ origin: "a/b", size: 12, root });
  expect(parseCheckpoint(`a/b\n0\n${root}\nextension\n`)).toEqual({ origin: "a/b", size: 0, root });
});

test.each([
  `a\n01\n${root}\n`,
  `a\n-1\n${root}\n`,
  `\n1\n${root}\n`,
  `a\n1\n${root}`,
  `a\n1\nAAAA\n`,
  `a\n1\n${root}\n\n`,
])("what is no checkpoint is not read: %j", (text) => {
  expect(parseCheckpoint(text)).toBeUndefined();
});

function signatureLine(note: string): string {
  return note.slice(note.lastIndexOf("\n\n") + 2);
}

function read(text: string): NoteVerifier {
  const verifier = parseVerifier(text);
  if (verifier === undefined) throw new Error(`not a verifier key: ${text}`);
  return verifier;
}
