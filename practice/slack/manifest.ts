import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";

const manifestSchema = z.object({
  display_information: z.object({ name: z.string() }),
  features: z.object({
    app_home: z
      .object({
        home_tab_enabled: z.boolean().default(false),
        messages_tab_enabled: z.boolean().default(true),
        messages_tab_read_only_enabled: z.boolean().default(false),
      })
      .default({ home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false }),
    slash_commands: z
      .array(
        z.object({
          command: z.string(),
          description: z.string().default(""),
          usage_hint: z.string().default(""),
          should_escape: z.boolean().default(false),
        }),
      )
      .default([]),
    shortcuts: z
      .array(
        z.object({
          name: z.string(),
          type: z.enum(["global", "message"]),
          callback_id: z.string(),
          description: z.string().default(""),
        }),
      )
      .default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z
    .object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).default({ bot_events: [] }),
      interactivity: z.object({ is_enabled: z.boolean() }).default({ is_enabled: false }),
      socket_mode_enabled: z.boolean().default(false),
    })
    .default({
      event_subscriptions: { bot_events: [] },
      interactivity: { is_enabled: false },
      socket_mode_enabled: false,
    }),
});

/** What the workspace takes from the app manifest: commands, shortcuts, scopes, events, switches. */
export type Manifest = {
  readonly commands: readonly {
    readonly command: string;
    readonly description: string;
    readonly usage_hint: string;
    readonly should_escape: boolean;
  }[];
  readonly shortcuts: readonly {
    readonly name: string;
    readonly type: "global" | "message";
    readonly callback_id: string;
    readonly description: string;
  }[];
  readonly scopes: readonly string[];
  readonly events: ReadonlySet<string>;
  readonly isHomeEnabled: boolean;
  /** Whether the app has a Messages tab at all, and whether people may write into it. */
  readonly hasMessagesTab: boolean;
  readonly takesDirectMessages: boolean;
  readonly isInteractive: boolean;
};

/** Reads an app manifest (YAML, or JSON which is YAML too); throws with every complaint and its path. */
export async function readManifest(path: string): Promise<Manifest> {
  const parsed = manifestSchema.safeParse(parse(await readFile(path, "utf8")));
  if (!parsed.success) {
    throw new Error(`manifest ${path} is not one the practice workspace can use:\n${z.prettifyError(parsed.error)}`);
  }
  const { features, oauth_config: oauth, settings } = parsed.data;
  const home = features.app_home;
  return {
    commands: features.slash_commands,
    shortcuts: features.shortcuts,
    scopes: oauth.scopes.bot,
    events: new Set(settings.event_subscriptions.bot_events),
    isHomeEnabled: home.home_tab_enabled,
    hasMessagesTab: home.messages_tab_enabled,
    takesDirectMessages: home.messages_tab_enabled && !home.messages_tab_read_only_enabled,
    isInteractive: settings.interactivity.is_enabled,
  };
}
