import { expect, test } from "vitest";
import { kongSecretsIn, refuseSlackSecrets } from "#src/config/foreign-secrets.ts";
import { fullEnvironment } from "#test/src/plan/full-environment.ts";

test.each([
  { SLACK_BOT_TOKEN: "x" },
  { SLACK_APP_TOKEN: "x" },
  { SLACK_SIGNING_SECRET: "x" },
  { KONG_UPGRADE_SIGNING_KEY_PEM: "x" },
  { KONG_UPGRADE_STEP_UP_KEY_VALUE: "x" },
  { MY_TOKEN: "xoxb-1-2-3" },
  { CI_APP: "xapp-1-A0-3" },
])("T37: a runner is not even started with %j, and the value is not told", (variables) => {
  const [name = "", value = ""] = Object.entries(variables)[0] ?? [];
  expect(() => refuseSlackSecrets(variables)).toThrow(`but ${name} is set where it starts`);
  expect(() => refuseSlackSecrets(variables)).not.toThrow(value.length > 1 ? value : "no value");
});

test("what belongs to a runner does not keep it from starting", () => {
  const variables = {
    SLACK_BOT_TOKEN: "",
    SLACK_APP_TOKEN: undefined,
    SLACK_API_URL: "http://127.0.0.1",
    KONG_PG_PASSWORD: "hunter2",
    KONG_UPGRADE_PUBLIC_KEYS: "/keys/bot.pem",
  };
  expect(() => refuseSlackSecrets(variables)).not.toThrow();
});

test("the Slack side finds the variables of Kong's secrets that somebody gave it", () => {
  const environments = [fullEnvironment()];
  expect(kongSecretsIn({ ADMIN_TOKEN: "x", GREEN_PASSWORD: "y", DATABASE_URL: "z" }, environments)).toEqual([
    "ADMIN_TOKEN",
    "GREEN_PASSWORD",
  ]);
  expect(kongSecretsIn({ ADMIN_TOKEN: "" }, environments)).toEqual([]);
});
