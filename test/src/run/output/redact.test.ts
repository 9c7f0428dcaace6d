import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter, maxLineLength } from "#src/run/output/lines.ts";
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
  `{'password': '${canary}'}`,
  `"pg_password" = "${canary}"`,
  `PASSWORD => ${canary}`,
  `--admin-token ${canary} --verbose`,
  `requirepass ${canary}`,
  `<adminPassword>${canary}</adminPassword>`,
  `'Authorization': 'token ${canary}'`,
  `curl -u admin:${canary} http://kong:8001`,
  `could not connect to kong:${canary}@db:5432`,
  `https://storage/dump?se=2026&sig=${canary}`,
  `redis://:${canary}@redis:6379/0`,
  `amqp://${canary}${canary}@queue/`,
  `https://hooks.slack.com/services/T0/B0/${canary}`,
  `ALTER ROLE kong WITH LOGIN PASSWORD '${canary}';`,
  `create user kong encrypted password 'it''s ${canary}'`,
  `pg_password = two words and ${canary}`,
  `KONG_PG_PASSWORD=pa,ss;${canary}`,
  `export KONG_PG_PASSWORD=pa)ss ${canary}`,
])("a secret is recognised by its form: %s", (line) => {
  const redacted = createRedactor([]).redactText(line);
  expect(redacted).not.toContain(canary);
  expect(redacted).toContain("[redacted]");
});

test.each([
  "AKIAIOSFODNN7EXAMPLE",
  "ASIAIOSFODNN7EXAMPLE",
  "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  "github_pat_11ABCDEFG0abcdefghij_klmnopqrs",
  "glpat-abcdefghij0123456789",
  "kpat_AbCdEfGhIjKlMnOpQrStUvWx0123456789abcdefghij",
  "hvs.CAESIJ1234567890abcdefghij",
  "key: 5SxWJB7qXzF1kXhT2VbYcRmN9pLdQeGa",
])("a token is recognised by how its maker begins it: %s", (token) => {
  const secret = token.replace("key: ", "");
  expect(createRedactor([]).redactText(`found ${token} there`)).not.toContain(secret);
});

test.each([
  `password:\n  ${canary}`,
  `"password":\n  "${canary}"`,
  `{ "a": 1, "password":\n  "${canary}" }`,
  `password: |\n  ${canary}\n\n  more ${canary}`,
  `  admin_token: >-\n    ${canary}`,
  `{"license":\n{"payload":{"a":"${canary}"},\n"b":"${canary}"}}`,
  `{\n "license" :\n {\n "payload": "${canary}" }}`,
  `    -----BEGIN PRIVATE KEY-----\n    ${canary}\n    -----END PRIVATE KEY-----`,
  String.raw`"key":"-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----"`,
])("a value that stands below its name is redacted, and what follows is not: %j", (text) => {
  const redacted = createRedactor([]).redactText(`${text}\nnext: all is well`);
  expect(redacted).not.toContain(canary);
  expect(redacted).toMatch(/\nnext: all is well$/u);
});

test("names with other names below them are no values", () => {
  const text = "secret:\n  name: kong-certificate\ntokens:\n- name: read";
  expect(createRedactor([]).redactText(text)).toBe(text);
});

test.each([
  ["capitals", (secret: string) => secret.toUpperCase()],
  ["an address in small letters", (secret: string) => encodeURIComponent(secret).toLowerCase()],
  ["an address in an address", (secret: string) => encodeURIComponent(encodeURIComponent(secret))],
  ["JSON with escaped slashes", (secret: string) => secret.replaceAll("/", String.raw`\/`)],
  ["hexadecimal", (secret: string) => Buffer.from(secret).toString("hex")],
  ["capital hexadecimal", (secret: string) => Buffer.from(secret).toString("hex").toUpperCase()],
  ["base64 for addresses", (secret: string) => Buffer.from(secret).toString("base64url")],
  ["base64 of a line", (secret: string) => Buffer.from(`${secret}\n`).toString("base64")],
  ["base64 behind one letter", (secret: string) => Buffer.from(`x${secret}yz`).toString("base64")],
  ["base64 behind two letters", (secret: string) => Buffer.from(`xy${secret}`).toString("base64")],
  ["base64 behind a user", (secret: string) => Buffer.from(`kong:${secret}`).toString("base64")],
  ["colours in the middle", (secret: string) => `${secret.slice(0, 4)}\u001b[1;31m${secret.slice(4)}`],
])("a configured secret is recognised in %s", (_, write) => {
  const secret = "s3cr3t/+Pass=word-of-the-night";
  const written = write(secret);
  const redacted = createRedactor(["another-secret", secret]).redactText(`a ${written} b`);
  expect(redacted).toContain("[redacted]");
  // No eight characters of it in a row are left.
  const rest = redacted.replaceAll("[redacted]", " ");
  const left = Array.from({ length: written.length - 7 }, (_unused, at) => written.slice(at, at + 8));
  expect(left.filter((part) => rest.includes(part))).toEqual([]);
});

test("the word after a flag for a secret is one, and no other flag", () => {
  const words = ["tool", "--password", canary, "--admin-token", "--verbose", "--user", "kong", `--token=${canary}`];
  expect(createRedactor([]).redactWords(words)).toEqual([
    "tool",
    "--password",
    "[redacted]",
    "--admin-token",
    "--verbose",
    "--user",
    "kong",
    "--token=[redacted]",
  ]);
});

test("base64 of a long secret is recognised although it is wrapped", () => {
  const secret = Array.from({ length: 40 }, (_, index) => `part-${index}`).join("/");
  const wrapped = Buffer.from(secret).toString("base64").replaceAll(/.{76}/gu, "$&\n");
  const redacted = createRedactor([secret]).redactText(wrapped);
  expect(redacted.replaceAll(/\[redacted\]|\s/gu, "")).toBe("");
});

test("a secret is found however the bytes arrive", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
      const redactor = createRedactor([canary]);
      const splitter = createLineSplitter(redactor.margin);
      const stream = redactor.forStream();
      const bytes = Buffer.from(`one\nhere ${canary} is\npassword=${canary}é\n`);
      const lines: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        for (const line of splitter.push(bytes.subarray(at, at + size))) lines.push(stream.redactLine(line));
        at += size;
      }
      expect(lines).toEqual(["one", "here [redacted] is", "password=[redacted]"]);
    }),
  );
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
    "image kong:3.4.2@sha256:0a1b2c3d4e5f is up to date",
    "Enter the password of user kong:",
    "core: 000_base, 003_100_to_110, 015_270_to_280",
    "mail to oncall@example.com at 10:20:30",
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

test("the body of a key is redacted also where its first line was cut off, or is of another form", () => {
  const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
  const redactor = createRedactor([]);
  expect(redactor.redactText(`${body}\n  ${body}==\n-----END PRIVATE KEY-----`)).not.toContain("MIIEvQ");
  expect(redactor.redactText(`---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${body}`)).not.toContain("MIIEvQ");
  // Digests, names and rulers are none.
  for (const ordinary of [
    "0".repeat(64),
    "a0".repeat(32),
    "A".repeat(70),
    `/usr/${"local/share/kong9Plugins/".repeat(3)}x`,
  ])
    expect(redactor.redactText(ordinary)).toBe(ordinary);
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
    `${"a".repeat(64)}:`.repeat(250),
    "<password".repeat(1_700),
    "--password ".repeat(1_400),
    `-u ${"a:".repeat(8_000)}`,
    "?key".repeat(4_000),
    "key=a".repeat(3_000),
    `${" ".repeat(16_000)}password:`,
  ];
  const startedAt = performance.now();
  for (const line of evil) redactor.redactText(line);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
