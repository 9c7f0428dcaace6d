import { expect, test } from "vitest";
import { redactCode, redactConfig, redactSetting, redactText } from "#src/discovery/redact.ts";

test.each([
  ["connect postgres://kong:sesame@db:5432/kong failed", "connect postgres://[redacted]@db:5432/kong failed"],
  ["Authorization: Bearer abcdef123456", "Authorization: Bearer [redacted]"],
  ["pg_password=sesame host=db", "pg_password=[redacted] host=db"],
  [`password = "two words"`, "password = [redacted]"],
  [`{"client_secret": "sesame"}`, `{"client_secret": [redacted]}`],
  ["X-Api-Key: sesame", "X-Api-Key: [redacted]"],
  ["-----BEGIN RSA PRIVATE KEY-----\nsesame\n-----END RSA PRIVATE KEY-----\n", "[redacted]\n"],
  ["GET http://127.0.0.1:8001/ answered HTTP 401", "GET http://127.0.0.1:8001/ answered HTTP 401"],
])("%s becomes %s", (text, redacted) => {
  expect(redactText(text)).toBe(redacted);
});

test("of code only what is written out is taken away, so that what it does can still be judged", () => {
  const code = [
    `local token = ngx.var.http_x_token`,
    `local password = "sesame"`,
    `local url = "https://kong:sesame@example.com"`,
  ];
  expect(redactCode(code.join("\n")).split("\n")).toEqual([
    `local token = ngx.var.http_x_token`,
    `local password = "[redacted]"`,
    `local url = "https://[redacted]@example.com"`,
  ]);
});

test.each([
  ["a scheme that never comes", "a.".repeat(500_000)],
  ["names without values", "token_".repeat(200_000)],
  ["keys that do not end", "-----BEGIN PRIVATE KEY-----".repeat(40_000)],
  ["quotes that do not close", `password="`.repeat(100_000)],
])("a long text of %s takes no longer than its length", (_, text) => {
  // A search of quadratic time would not end before the test's time is over.
  expect([redactText(text), redactCode(text)].every((kept) => kept.length > 0)).toBe(true);
});

test("names decide in configurations, at any depth, and forms stay", () => {
  const config = {
    key_names: ["apikey"],
    redis: { password: "sesame", host: "redis" },
    aws_secret: "sesame",
    client_secret: ["sesame", "sesame2"],
    empty_secret: "",
    cookie_name: "session",
    private_key: "sesame",
    nothing: null,
    minute: 5,
  };
  expect(redactConfig(config)).toStrictEqual({
    key_names: ["apikey"],
    redis: { password: "[redacted]", host: "redis" },
    aws_secret: "[redacted]",
    client_secret: ["[redacted]", "[redacted]"],
    empty_secret: "",
    cookie_name: "session",
    private_key: "[redacted]",
    nothing: null,
    minute: 5,
  });
});

test("a long text is cut and says how long it was", () => {
  const { access } = redactConfig({ access: "x".repeat(10_000) });
  expect(String(access)).toHaveLength(4_000 + "… (10000 characters)".length);
});

test("settings of kong.conf that hold secrets are not kept", () => {
  expect(redactSetting("pg_password", "sesame")).toBe("[redacted]");
  expect(redactSetting("admin_gui_session_conf", '{"secret":"sesame"}')).toBe("[redacted]");
  expect(redactSetting("proxy_listen", "0.0.0.0:8000")).toBe("0.0.0.0:8000");
});
