import type { HomeView, KnownBlock, ModalView } from "@slack/types";

const mrkdwn = (text: string) => ({ type: "mrkdwn", text }) as const;
const plain = (text: string) => ({ type: "plain_text", text, emoji: true }) as const;

/** A card as an upgrade bot would post it: header, fields, context, buttons, one of them with a confirm dialog. */
export const upgradeCard: KnownBlock[] = [
  { type: "header", text: plain("KU-2026-0007 · practice 2.8.5 → 3.4.2") },
  {
    type: "section",
    text: mrkdwn(
      ":hourglass_flowing_sand: *Step 9 of 14: migrations up* on `kong-1`\n_Waiting for one approval_ by <!subteam^S0APPROVE>, asked by <@U0ALICE01>",
    ),
    accessory: {
      type: "overflow",
      action_id: "more",
      options: [
        { text: plain("Show record"), value: "record" },
        { text: plain("Pause"), value: "pause" },
      ],
    },
  },
  {
    type: "section",
    fields: [
      mrkdwn("*Way back*\nrestore the dump, ~4 min"),
      mrkdwn("*Point of no return*\nstep 12, `migrations finish`"),
      mrkdwn("*Window ends*\n<!date^1795215600^{date_short} {time}|2026-11-20 23:00 UTC>"),
      mrkdwn("*Strategy*\nin-place, traditional"),
    ],
  },
  { type: "section", text: mrkdwn("Will run exactly:\n```kong migrations up --yes -c /etc/kong/kong.conf```") },
  { type: "divider" },
  {
    type: "actions",
    block_id: "decision",
    elements: [
      {
        type: "button",
        action_id: "approve",
        text: plain("Approve"),
        style: "primary",
        value: "KU-2026-0007:9",
        accessibility_label: "Approve migrations up of KU-2026-0007",
        confirm: {
          title: plain("Run migrations up?"),
          text: mrkdwn("The new nodes *share the database* with the old ones from then on."),
          confirm: plain("Approve"),
          deny: plain("Not yet"),
        },
      },
      { type: "button", action_id: "reject", text: plain("Reject…"), style: "danger", value: "KU-2026-0007:9" },
      { type: "button", action_id: "silent", text: plain("Never acknowledged"), value: "x" },
    ],
  },
  {
    type: "context",
    elements: [mrkdwn(":lock: digest `9f2c41ab` · card version 14"), mrkdwn("approve before *23:00*")],
  },
];

/** Every other block and element that a card may use. */
export const gallery: KnownBlock[] = [
  {
    type: "rich_text",
    elements: [
      {
        type: "rich_text_section",
        elements: [
          { type: "text", text: "Findings ", style: { bold: true } },
          { type: "text", text: "in " },
          { type: "text", text: "routes.yml", style: { code: true } },
          { type: "text", text: " for " },
          { type: "user", user_id: "U0BOB0001" },
          { type: "emoji", name: "eyes" },
        ],
      },
      {
        type: "rich_text_list",
        style: "ordered",
        elements: [
          { type: "rich_text_section", elements: [{ type: "text", text: "regex route without ~" }] },
          { type: "rich_text_section", elements: [{ type: "text", text: "whitelist left over" }] },
        ],
      },
      { type: "rich_text_quote", elements: [{ type: "text", text: "quoted <b>not bold</b>" }] },
      {
        type: "rich_text_preformatted",
        elements: [{ type: "text", text: "pending migrations:\n  core: 009_200_to_210" }],
      },
    ],
  },
  {
    type: "actions",
    block_id: "controls",
    elements: [
      {
        type: "static_select",
        action_id: "pick",
        placeholder: plain("Choose a node"),
        options: ["kong-1", "kong-2"].map((name) => ({ text: plain(name), value: name })),
      },
      { type: "users_select", action_id: "who", placeholder: plain("Hand over to") },
      { type: "external_select", action_id: "service", placeholder: plain("Find a service"), min_query_length: 0 },
      { type: "datepicker", action_id: "day", initial_date: "2026-11-21" },
      { type: "timepicker", action_id: "hour", initial_time: "22:30" },
    ],
  },
  {
    type: "section",
    text: mrkdwn("Acknowledge the findings:"),
    accessory: {
      type: "checkboxes",
      action_id: "ticks",
      options: [
        { text: mrkdwn("*F-1* regex route"), description: plain("/status/\\d+ has no ~"), value: "f1" },
        { text: mrkdwn("*F-2* whitelist"), value: "f2" },
      ],
    },
  },
  {
    type: "markdown",
    text: "## Plan\n1. **Backup** with `pg_dump`\n2. Prove the *restore*\n\n| step | class |\n|---|---|\n| up | disruptive |\n| finish | irreversible |\n\n- [x] done\n- [ ] open",
  },
  {
    type: "table",
    rows: [
      [
        { type: "raw_text", text: "Node" },
        { type: "raw_text", text: "Version" },
      ],
      [
        { type: "raw_text", text: "kong-1" },
        { type: "raw_text", text: "3.4.2" },
      ],
    ],
  },
  { type: "image", image_url: "https://example.com/graph.png", alt_text: "error rate, flat", title: plain("Traffic") },
];

/** The modal that asks for a reason; the bot refuses short ones. */
export const rejectModal: ModalView = {
  type: "modal",
  callback_id: "reject_reason",
  title: plain("Reject this step"),
  submit: plain("Reject"),
  close: plain("Cancel"),
  blocks: [
    { type: "section", text: mrkdwn("*KU-2026-0007* step 9: `migrations up`") },
    {
      type: "input",
      block_id: "reason",
      label: plain("Reason"),
      hint: plain("Everybody in the thread reads it."),
      element: { type: "plain_text_input", action_id: "text", multiline: true },
    },
    {
      type: "input",
      block_id: "retry",
      optional: true,
      label: plain("May it be asked again?"),
      element: {
        type: "radio_buttons",
        action_id: "choice",
        options: [
          { text: plain("Yes, after a fix"), value: "yes" },
          { text: plain("No"), value: "no" },
        ],
      },
    },
  ],
};

/** The bot's App Home for one person. */
export function homeView(user: string): HomeView {
  return {
    type: "home",
    blocks: [
      { type: "header", text: plain("Waiting for you") },
      { type: "section", text: mrkdwn(`<@${user}>, *1 approval* waits: KU-2026-0007 step 9`) },
      { type: "actions", elements: [{ type: "button", action_id: "refresh", text: plain("Refresh") }] },
    ],
  };
}
