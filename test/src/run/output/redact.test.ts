import fc from "fast-check";
import { expect, test } from "vitest";
import { maxLineLength } from "#src/run/output/lines.ts";
import { createRedactor } from "#src/run/output/redact.ts";

const canary = "c4n4ry-Va1ue";

test.each([
  `KONG_PG_PASSWORD=${canary}`,
  `pg_password = ${canary}`,
  `pg_password = "${canary}"`,
  `export MY_SECRET='${canary}'`,
  `--token=${canary} --verbose`,
  `postgres://kong:${canary}@db:5432/kong`,
  `postgres://kong:p@${canary}@db:5432/kong`,
  `https://${canary}${canary}@github.com/x`,
  `Authorization: Bearer ${canary}`,
  `-H 'Authorization: Basic ${canary}'`,
  `sent bearer ${canary}${canary}`,
  `{"name":"x","password":"${canary}"}`,
  `{"config":{"client_secret" : "${canary}"}}`,
  String.raw`{\"client_secret\":\"${canary}\"}`,
  `{"consumer":"a","key":"${canary}"}`,
  `{"license":{"payload":{"customer":"${canary}"},"signature":"${canary}"}}`,
  `token xoxb-1234-${canary}`,
  `token xapp-1-A0-${canary}`,
  `-----BEGIN RSA PRIVATE KEY----- ${canary} -----END RSA PRIVATE KEY----- rest`,
  `Set-Cookie: session=${canary}; Path=/`,
  `apikey: ${canary}`,
])("a secret is recognised by its form: %s", (line) => {
  const redacted = createRedactor([]).redactText(line);
  expect(redacted).not.toContain(canary);
  expect(redacted).toContain("[redacted]");
});

test.each([
  `plain ${canary} in the middle`,
  `address ${encodeURIComponent(`${canary}/+`)}`,
  `base64 ${Buffer.from(`${canary}/+`).toString("base64")}`,
])("T34: the value of a configured secret is recognised anywhere: %s", (line) => {
  const redacted = createRedactor([canary, `${canary}/+`]).redactText(line);
  expect(redacted).toContain("[redacted]");
  expect(redacted).not.toContain(canary);
});

test("ordinary output stays as it is", () => {
  const lines = [
    "migrating core on database 'kong'...",
    "core migrated up to: 016_280_to_300 (pending)",
    "Error: basic authentication failed for user kong",
    "http://127.0.0.1:8001/routes?size=1000",
    "9 keys read, no token found",
  ];
  expect(createRedactor(["another-secret"]).redactText(lines.join("\n"))).toBe(lines.join("\n"));
});

test("a key that spans lines is redacted to its end and no further", () => {
  const text = `before\n-----BEGIN PRIVATE KEY-----\n${canary}\n${canary}\n-----END PRIVATE KEY-----\nafter`;
  const redacted = createRedactor([]).redactText(text);
  expect(redacted).not.toContain(canary);
  expect(redacted.split("\n").at(0)).toBe("before");
  expect(redacted.split("\n").at(-1)).toBe("after");
});

test("a licence that spans lines is redacted to its closing brace and no further", () => {
  const text = `{\n  "license": {\n    "payload": {\n "x": "${canary}" },\n "y": "${canary}"\n  }\n}\nafter`;
  const redacted = createRedactor([]).redactText(text);
  expect(redacted).not.toContain(canary);
  expect(redacted).toMatch(/\nafter$/u);
});

test("a configured secret with several lines is recognised line by line", () => {
  const redactor = createRedactor([`first-${canary}\nsecond-${canary}`]);
  const stream = redactor.forStream();
  for (const text of [`x first-${canary}`, `y second-${canary}`]) {
    expect(stream.redactLine({ text, leftOut: 0 })).not.toContain(canary);
  }
});

test("no part of a secret survives where a long line is cut", () => {
  fc.assert(
    fc.property(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 5 }), (shift, earlier) => {
      const redactor = createRedactor([canary]);
      const head = `${canary} `.repeat(earlier);
      const text = `${head}${"x".repeat(maxLineLength + shift - head.length)}${canary}${"y".repeat(4_000)}`;
      const kept = text.slice(0, maxLineLength + redactor.margin);
      const redacted = redactor.forStream().redactLine({ text: kept, leftOut: text.length - kept.length });
      expect(redacted).not.toContain(canary.slice(0, 6));
      expect(redacted).toContain("line cut after");
    }),
  );
});

test("control characters, escape sequences and broken surrogates are removed", () => {
  const redacted = createRedactor([]).redactText("a\u0000b\u001b[31mred\u001b[0m\u202e\ud83d!\tok");
  expect(redacted).toBe("abred\ufffd!\tok");
});

test("a secret hidden behind control characters is still found", () => {
  expect(createRedactor([canary]).redactText(`c4n4ry\u0000-Va1ue`)).toBe("[redacted]");
});

test("lines made to be slow take no time", () => {
  const redactor = createRedactor([canary]);
  const evil = [
    "password.".repeat(2_000),
    `"${'a"'.repeat(8_000)}`,
    "://a:b".repeat(3_000),
    "secret=".repeat(2_300),
    `"key":"${"\\".repeat(15_000)}`,
    "eyJ".repeat(5_000),
    "bearer ".repeat(2_300),
  ];
  const startedAt = performance.now();
  for (const line of evil) redactor.redactText(line);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
