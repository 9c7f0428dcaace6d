import fc from "fast-check";
import { expect, test } from "vitest";
import { openEnvelope, preAuthenticationEncoding, signEnvelope } from "#src/signing/dsse.ts";
import { signStanding, verifyStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { standingPayloadType } from "#src/upgrade/standing.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { carol, dave } from "#test/support/samples.ts";
import { votesOf } from "#test/support/standings.ts";
import { knownKey } from "./known-key.ts";

const standing: SignedStanding = {
  upgradeId: "KU-2026-0001",
  environment: "practice",
  stepId: "finish",
  attempt: 1,
  digest: `sha256:${"a".repeat(64)}`,
  ...votesOf([carol, dave]),
  checkedAt: "2026-11-21T03:00:00.000Z",
  expiresAt: "2026-11-21T04:00:00.000Z",
};

test("the pre-authentication encoding is the one of the DSSE specification", () => {
  const encoded = preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));

  expect(Buffer.from(encoded).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("an envelope carries the signature that openssl makes of the same bytes", () => {
  const key = knownKey();

  expect(signEnvelope(standingPayloadType, Buffer.from("{}"), key)).toEqual({
    payloadType: "application/vnd.kong-upgrade.standing+json",
    payload: "e30=",
    signatures: [
      {
        keyid: key.publicKey.keyId,
        sig: "JKLw/HDR3Ldv53dk31q+PDDHeNTm+tujCEiQRxA1TUA8XG201qGKVsjkzKkemmY5z7FWGlQfSdIPNzH8uHzGAg==",
      },
    ],
  });
});

test("a signed standing comes back as it was, with one of several keys", () => {
  const [old, current] = [generateKey(), generateKey()];

  expect(verifyStanding(signStanding(standing, current), [old.publicKey, current.publicKey])).toEqual({
    ok: true,
    value: standing,
  });
});

test("a standing of a key that is not trusted is refused", () => {
  const envelope = signStanding(standing, generateKey());

  expect(verifyStanding(envelope, [generateKey().publicKey])).toMatchObject({ problem: { kind: "bad_signature" } });
  expect(verifyStanding(envelope, [])).toMatchObject({ problem: { kind: "bad_signature" } });
});

test("an envelope of another type is refused even when its signature is right", () => {
  const key = generateKey();
  const envelope = signEnvelope("application/other+json", Buffer.from(JSON.stringify(standing)), key);

  expect(verifyStanding(envelope, [key.publicKey])).toMatchObject({ problem: { kind: "wrong_type" } });
  const relabelled = { ...envelope, payloadType: standingPayloadType };
  expect(verifyStanding(relabelled, [key.publicKey])).toMatchObject({ problem: { kind: "bad_signature" } });
});

test.each([
  "",
  "{}",
  "not json",
  JSON.stringify({ ...standing, extra: 1 }),
  JSON.stringify({ ...standing, approvedBy: [] }),
])("a signed payload that is no standing is refused: %s", (payload) => {
  const key = generateKey();
  const envelope = signEnvelope(standingPayloadType, Buffer.from(payload), key);

  expect(verifyStanding(envelope, [key.publicKey])).toMatchObject({ problem: { kind: "malformed" } });
});

test("changing any byte of the payload voids the signature", () => {
  const key = generateKey();
  const envelope = signStanding(standing, key);
  const bytes = Buffer.from(envelope.payload, "base64");
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const forged = Buffer.from(bytes);
      forged[place] = (forged[place] ?? 0) ^ change;
      const opened = openEnvelope({ ...envelope, payload: forged.toString("base64") }, standingPayloadType, [
        key.publicKey,
      ]);
      expect(opened).toBeUndefined();
    }),
  );
});
