import { expect, test } from "vitest";
import { enrolmentUri, matchingStep, secretForTyping } from "#src/step-up/one-time-code.ts";

/** RFC 6238, appendix B: the secret and the codes of SHA-1, of whose eight digits the last six are those of six. */
const secret = new TextEncoder().encode("12345678901234567890");
const vectors = [
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
] as const;

test.each(vectors)("at second %d the code of RFC 6238 is right", (seconds, eightDigits) => {
  expect(matchingStep(secret, eightDigits.slice(2), seconds * 1_000)).toBe(Math.floor(seconds / 30));
});

test("a code is right one step early and one step late, and wrong beyond", () => {
  // Step 37037036 reaches from second 1111111080 to 1111111110.
  const judgedAt = (seconds: number): number | undefined => matchingStep(secret, "081804", seconds * 1_000);

  expect([1_111_111_050, 1_111_111_080, 1_111_111_139.999].map(judgedAt)).toEqual([37_037_036, 37_037_036, 37_037_036]);
  expect([1_111_111_049.999, 1_111_111_140].map(judgedAt)).toEqual([undefined, undefined]);
});

test("blanks do not count, and anything else than six digits is wrong without an error", () => {
  expect(matchingStep(secret, " 081 804\n", 1_111_111_109_000)).toBe(37_037_036);
  for (const code of [
    "",
    "81804",
    "0081804",
    "07081804",
    "08180é",
    "081804x",
    "０８１８０４",
    "-81804",
    "8".repeat(9_999),
  ]) {
    expect(matchingStep(secret, code, 1_111_111_109_000)).toBeUndefined();
  }
});

test("the address names issuer, account and what every app expects", () => {
  const uri = new URL(enrolmentUri(secret, { team: "Acme & Söhne", name: "erin" }));

  expect(uri.href.startsWith("otpauth://totp/")).toBe(true);
  expect(decodeURIComponent(uri.pathname)).toContain("kong-upgrade (Acme & Söhne):erin");
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    issuer: "kong-upgrade (Acme & Söhne)",
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    algorithm: "SHA1",
    digits: "6",
    period: "30",
  });
  expect(secretForTyping(secret)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
});

test("names cannot forge another issuer, turn the text around, or grow without end", () => {
  const uri = enrolmentUri(secret, { team: "Acme:&issuer=Bank\u202E\u0000\uD800", name: "x".repeat(5_000) });

  expect(new URL(uri).searchParams.getAll("issuer")).toEqual(["kong-upgrade (Acme &issuer=Bank \uFFFD)"]);
  expect(uri).not.toMatch(/%E2%80%AE|%00|%3A/u);
  expect(uri.length).toBeLessThan(400);
});
