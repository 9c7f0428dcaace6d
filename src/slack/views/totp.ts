import { modalIds, confirmCodeAction } from "#src/slack/actions.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { codeInput, dialog } from "./dialog.ts";
import type { Dialog } from "./dialog.ts";
import { dateToken, inlineCode, utc } from "./text.ts";

/** The secret, for the eyes of its person: only ever sent as a direct message. */
export function secretMessage(begun: {
  readonly uri: string;
  readonly secret: string;
  readonly until: Instant;
}): Content {
  const text = [
    "🔑 *A secret for your authenticator app.* Whoever has it can make your codes: show it to nobody.",
    `Type it: ${inlineCode(spaced(begun.secret))}`,
    `Or open this address on your phone, or make a QR code of it offline: ${inlineCode(begun.uri, 1_000)}`,
    `Then press the button and enter the first code, before ${dateToken(begun.until)}. I take the secret out of this message then.`,
  ].join("\n");
  return {
    // The text is what notifications and lock screens show, so the secret stands in the blocks alone.
    text: "🔑 A secret for your authenticator app: open this message to see it.",
    blocks: [
      section(text),
      actions(
        button({
          actionId: confirmCodeAction,
          text: "Enter the first code…",
          style: "primary",
          label: "Enter the first code of your authenticator app",
          value: "confirm",
        }),
      ),
      context("Neither the record nor any log holds it; it lies encrypted in the database."),
    ],
  };
}

/** What stands where the secret was. */
export function confirmedMessage(): Content {
  const text = "🔑 Your one-time codes are set up. The secret that stood here is taken out.";
  return { text, blocks: [section(text)] };
}

/** Asks for the first code of a new secret; the value says which message holds it. */
export function confirmDialog(value: string): Dialog {
  return dialog({
    callbackId: modalIds.confirmCode,
    title: "Confirm your app",
    submit: "Confirm",
    value,
    blocks: [section("The code proves that your app has the secret. Each code counts once."), codeInput()],
  });
}

/** Asks for a current code, so that nobody else can replace the secret. */
export function replaceDialog(): Dialog {
  return dialog({
    callbackId: modalIds.replaceCode,
    title: "Replace the secret",
    submit: "Send a new secret",
    value: "",
    blocks: [
      section("The new secret comes by direct message. The old one counts until you confirmed the new one."),
      codeInput(),
    ],
  });
}

/** Groups of four are easier to type. */
function spaced(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/gu, "$1 ");
}

/** Why a code was not taken, and what to do. */
export function codeProblem(answer: CodeProblem): string {
  switch (answer.outcome) {
    case "wrong_code":
      return `That code is wrong; ${answer.attemptsLeft === 1 ? "one attempt is" : `${answer.attemptsLeft} attempts are`} left. Your phone's clock must be right.`;
    case "used_already":
      return "That code was used already; wait for the next one (within 30 s).";
    case "locked_until":
      return `Too many wrong codes; no code is looked at until ${utc(answer.until)}.`;
    case "not_enrolled":
      return "You have no one-time codes yet: /kong-upgrade totp sets them up.";
    case "not_begun":
      return "That secret is void: it was confirmed already, or its hour is over. /kong-upgrade totp sends a new one.";
    default:
      return unreachable(answer);
  }
}

type CodeProblem =
  | { readonly outcome: "wrong_code"; readonly attemptsLeft: number }
  | { readonly outcome: "used_already" }
  | { readonly outcome: "locked_until"; readonly until: Instant }
  | { readonly outcome: "not_enrolled" }
  | { readonly outcome: "not_begun" };
