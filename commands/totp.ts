import { whyNoMember } from "#approvals/eligibility.ts";
import type { KnownPerson } from "#approvals/person.ts";
import { describeIneligible, refuse } from "#src/upgrade/refusals.ts";
import { replaceDialog } from "#src/slack/views/totp.ts";
import { dateToken } from "#src/slack/views/text.ts";
import type { CodesPort, Command } from "./command.ts";
import { answered, asked, refused, sentence } from "./reply.ts";
import type { Reply } from "./reply.ts";

const nowhere = refuse(
  "not_allowed",
  "One-time codes are set up in Slack.",
  "Type `/kong-upgrade totp` there. An operator at the bot's machine takes lost ones away: `kong-upgrade totp-reset`.",
);

export const totp: Command = {
  word: "totp",
  summary: "one-time codes of an authenticator app, for steps that ask for one",
  details: [
    "`enrol` (or nothing) sends you a secret by direct message and asks for a first code. `replace` makes a new secret and needs a current code of the old one. `status` tells whether you have one.",
    "The secret is shown to you alone, and taken out of the message once you confirmed it. A lost phone: an operator at the bot's machine resets it, then enrol again.",
  ],
  example: "totp",
  positionals: [
    {
      name: "action",
      description: "what to do",
      isRequired: false,
      kind: "word",
      choices: ["enrol", "status", "replace"],
    },
  ],
  options: [],
  atTerminal: false,
  run: async ({ by, codes, arguments: given }) => {
    if (codes === undefined || by.kind !== "slack") return refused(nowhere);
    const { person } = by;
    const noMember = whyNoMember(person);
    if (noMember !== undefined || person.kind === "unknown")
      return refused(describeIneligible(noMember ?? "look_up_failed", person.userId));
    const what = given.positionals.get("action");
    const state = await codes.stateOf(person);
    if (what === "replace")
      return state.state === "enrolled"
        ? asked(replaceDialog(), "A current code is needed to replace the secret.")
        : refused(refuse("not_now", "You have no secret that could be replaced.", "`/kong-upgrade totp` makes one."));
    if (what === "status" || (what === undefined && state.state === "enrolled"))
      return answered(sentence(describe(state)));
    return enrol(codes, person);
  },
};

async function enrol(codes: CodesPort, person: KnownPerson): Promise<Reply> {
  switch (await codes.enrol(person)) {
    case "sent":
      return answered(
        sentence(
          "🔑 I sent you a direct message with a secret for your authenticator app. Confirm it there within the hour.",
        ),
      );
    case "not_sent":
      return refused({
        sentence: "I could not send you a direct message, so nothing was set up.",
        help: "Open the app's messages in Slack and try again.",
      });
    case "already_enrolled":
      return refused({
        sentence: "You have a secret already.",
        help: "`/kong-upgrade totp replace` makes a new one; it needs a current code.",
      });
  }
}

function describe(state: Awaited<ReturnType<CodesPort["stateOf"]>>): string {
  switch (state.state) {
    case "enrolled":
      return `🔑 Your one-time codes are set up since ${dateToken(state.since)}. \`/kong-upgrade totp replace\` makes a new secret.`;
    case "pending":
      return `🔑 A secret was sent to you and waits for its first code until ${dateToken(state.until)}: press the button in my direct message. \`/kong-upgrade totp enrol\` sends a new one.`;
    case "none":
      return "🔑 You have no one-time codes. `/kong-upgrade totp` sets them up.";
  }
}
