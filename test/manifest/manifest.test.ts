import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { table } from "#commands/table.ts";
import { slashCommand } from "#src/slack/listeners/run-command.ts";
import { botScopes } from "#src/slack/scopes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const raw: unknown = parse(readFileSync(`${root}manifest.yml`, "utf8"));
const manifest = z
  .object({
    features: z.object({
      slash_commands: z.array(z.object({ command: z.string(), usage_hint: z.string(), should_escape: z.boolean() })),
      app_home: z.object({ home_tab_enabled: z.boolean() }),
    }),
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
      interactivity: z.object({ is_enabled: z.boolean() }),
      socket_mode_enabled: z.boolean(),
    }),
  })
  .parse(raw);

/** Source of the Slack side, as one text. */
const source = globSync("src/slack/**/*.ts", { cwd: root })
  .map((file) => readFileSync(`${root}${file}`, "utf8"))
  .join("\n");

/** Scopes of the methods that the bot may call (docs.slack.dev, method reference, August 2026); those without one are listed as such. */
const scopesOf: Readonly<Record<string, readonly string[]>> = {
  "auth.teams.list": [],
  "auth.test": [],
  "bots.info": ["users:read"],
  "chat.getPermalink": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.info": ["channels:read", "groups:read"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history"],
  "files.completeUploadExternal": ["files:write"],
  "files.getUploadURLExternal": ["files:write"],
  "usergroups.list": ["usergroups:read"],
  "usergroups.users.list": ["usergroups:read"],
  "users.conversations": ["channels:read", "groups:read"],
  "users.info": ["users:read"],
  "views.open": [],
  "views.publish": [],
};

test("doctor asks for exactly the scopes of the manifest", () => {
  expect([...botScopes].toSorted()).toEqual(manifest.oauth_config.scopes.bot.toSorted());
});

test("the manifest is valid by Slack's own schema", () => {
  const schema: unknown = JSON.parse(readFileSync(`${root}test/manifest/slackapi-manifest.schema.2.0.0.json`, "utf8"));
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
    z.looseObject({}).parse(schema),
  );
  validate(raw);
  expect(validate.errors ?? []).toEqual([]);
});

test("the one slash command is the one that is listened for, and its hint names every word", () => {
  const [command, ...others] = manifest.features.slash_commands;
  expect(others).toEqual([]);
  expect(command).toMatchObject({ command: slashCommand, should_escape: true });
  expect(command?.usage_hint.split(" | ")).toEqual(table.map(({ word }) => word));
});

test("the scopes are exactly those that the calls in the code need", () => {
  const calls = new Set(
    [...source.matchAll(/[cC]lient(?:s\.\w+)?\.((?:\w+\.)+\w+)\(|(?:background|interactive)\.((?:\w+\.)+\w+)\(/gu)].map(
      (match) => match[1] ?? match[2] ?? "",
    ),
  );
  const unknown = [...calls].filter((method) => scopesOf[method] === undefined);
  expect(unknown).toEqual([]);
  expect(calls.size).toBeGreaterThan(8);
  const needed = new Set(["commands", ...[...calls].flatMap((method) => scopesOf[method] ?? [])]);
  expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].toSorted());
});

test("the events are exactly those that are listened for, and what they need is switched on", () => {
  const heard = [...source.matchAll(/app\.event\("([^"]+)"/gu)].map((match) => match[1]);
  expect(manifest.settings.event_subscriptions.bot_events).toEqual(heard);
  expect(manifest.features.app_home.home_tab_enabled).toBe(true);
  expect(manifest.settings.interactivity.is_enabled).toBe(true);
  expect(manifest.settings.socket_mode_enabled).toBe(true);
});
