import { z } from "zod";
import { userIdSchema } from "#approvals/person.ts";

/**
 * The installation that a payload belongs to. `team` is null, and `is_enterprise_install` true, where the app is installed
 * on a whole organisation of Enterprise Grid; commands carry that flag as a text (docs.slack.dev, organisation-ready apps).
 */
const installation = {
  api_app_id: z.string(),
  is_enterprise_install: z.union([z.boolean(), z.enum(["true", "false"])]).nullish(),
};
const organisation = z.object({ id: z.string() }).nullish();
const user = z.object({ id: userIdSchema, team_id: z.string().nullish() });
const base = {
  ...installation,
  team: z.object({ id: z.string() }).nullish(),
  enterprise: organisation,
  user,
  trigger_id: z.string(),
};

/** A slash command as Slack sends it (docs.slack.dev, slash commands); names in it are never used as identities. */
export const commandSchema = z.object({
  ...installation,
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  channel_id: z.string(),
  user_id: userIdSchema,
  command: z.string(),
  text: z.string().default(""),
  trigger_id: z.string(),
  response_url: z.string(),
});

/** A click on a button in a message or a view (docs.slack.dev, block_actions). */
export const clickSchema = z.object({
  ...base,
  channel: z.object({ id: z.string() }).optional(),
  container: z
    .object({
      thread_ts: z.string().optional(),
      message_ts: z.string().optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  /** Where the button stands in a view, such as the App Home: then there is no channel and no response_url. */
  view: z.object({ type: z.string() }).optional(),
  response_url: z.string().optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

const inputs = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      value: z.string().nullish(),
      selected_option: z.object({ value: z.string() }).nullish(),
      selected_options: z.array(z.object({ value: z.string() })).nullish(),
    }),
  ),
);

/** A modal that somebody submitted (docs.slack.dev, view_submission). */
export const submissionSchema = z.object({
  ...base,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string().default(""),
    state: z.object({ values: inputs }),
  }),
});

/** An event about a person (docs.slack.dev, Events API envelope). */
export const homeOpenedSchema = z.object({
  api_app_id: z.string(),
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  /** The installation that the event is for comes first. */
  authorizations: z.array(z.object({ is_enterprise_install: z.boolean().nullish() })).nullish(),
  event_id: z.string(),
  event: z.object({ type: z.literal("app_home_opened"), user: userIdSchema, tab: z.string().optional() }),
});

export type IncomingCommand = z.infer<typeof commandSchema>;
export type Click = z.infer<typeof clickSchema>;
export type Submission = z.infer<typeof submissionSchema>;
