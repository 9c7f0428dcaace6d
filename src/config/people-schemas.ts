import { z } from "zod";
import { humanIdSchema, slackGroupSchema, userIdSchema } from "#approvals/person.ts";
import { weekdaySchema, windowSchema } from "#approvals/window.ts";
import { environmentName, path, plainDuration } from "./field-schemas.ts";
import { writtenGroup } from "./list-of-people.ts";

/** A vote waits for the program that tells who is on call, and the person for the vote. */
const longestRosterMs = 30_000;

/** Whose accounts are one human. */
export const human = z.strictObject({
  slack: z
    .array(
      z
        .string()
        .regex(
          /^(?:[TE][A-Z0-9]{2,}:)?[UW][A-Z0-9]{2,}$/u,
          "expected a Slack user id such as U0ERIN001, or with its team T0OTHER01:U0ERIN009",
        ),
    )
    .min(1)
    .max(50)
    .describe("Slack user ids; TEAM:USER where the account belongs to another team"),
});

export const people = z
  // Names are checked apart (check-people.ts): a wrong key would hide what is wrong below it.
  .record(z.string(), human)
  .meta({ propertyNames: z.toJSONSchema(humanIdSchema, { io: "input" }) });

const sources = ["slack", "users", "file", "command"] as const;

/** Where the members of a list come from. */
export const group = z
  .strictObject({
    slack: slackGroupSchema.optional().describe("Slack user group id; its members are read fresh at each decision"),
    users: z.array(userIdSchema).min(1).max(200).optional().describe("Slack user ids: a list that is pinned here"),
    file: path
      .optional()
      .describe("file on the bot's machine: Slack user ids or names of people, one per line or as a JSON list"),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        "program and arguments on the bot's machine that print such a list, e.g. who is on call; never a shell line",
      ),
    timeout: plainDuration("the command is given up after this time; 5s where absent")
      .refine((ms) => ms <= longestRosterMs, "expected at most 30s; whoever votes waits for it")
      .optional(),
  })
  .refine(
    (written) => sources.filter((key) => written[key] !== undefined).length === 1,
    "expected exactly one of slack, users, file or command",
  )
  .refine(({ command, timeout }) => timeout === undefined || command !== undefined, {
    path: ["timeout"],
    error: "only a command can time out",
  });
export type WrittenGroup = z.infer<typeof group>;

export const groups = z
  .record(z.string(), group)
  .meta({ propertyNames: z.toJSONSchema(environmentName, { io: "input" }) });

export const window = z.strictObject({
  days: z.array(weekdaySchema).min(1).describe("the days on which it opens"),
  from: windowSchema.shape.from.describe("time of day, e.g. 22:00"),
  to: windowSchema.shape.to.describe("not included; of the next day where it is not after from"),
  time_zone: windowSchema.shape.timeZone.describe("e.g. Europe/Berlin"),
});

/** Whoever is meant by accounts and groups. */
export const named = z.strictObject({
  users: z.array(userIdSchema).default([]).describe("Slack user ids"),
  groups: z
    .array(writtenGroup)
    .default([])
    .describe("names of groups, or Slack user group ids; membership is read fresh at each decision"),
});
