import { expect } from "vitest";
import { pick } from "#test/practice/slack/stage.ts";
import type { Json } from "#test/practice/slack/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ID = "KU-2026-0001";

/** The newest message of the thread that ever had this button. */
export async function prompt(bot: Bot, actionId: string): Promise<Json> {
  await bot.settled();
  const found = (await bot.thread(ID)).findLast((message) => buttonsOf(message).includes(actionId));
  if (found === undefined) throw new Error(`no message has ${actionId}`);
  return found;
}

/** Clicks and gives what the person is told privately, in the channel or the thread. */
export async function clickAndHear(
  bot: Bot,
  user: string,
  click: { readonly ts: unknown; readonly action: string },
): Promise<string> {
  const heard = async (): Promise<readonly Json[]> => {
    const root = bot.posts.rows.get(`${ID}/card`)?.ts;
    const places = [...(await bot.s.sees(user)), ...(await bot.s.sees(user, "C0PRACTCE", root))];
    return places.filter((message) => message["is_ephemeral"] === true);
  };
  const before = (await heard()).length;
  const where = { user, channel: "C0PRACTCE", ts: click.ts, stale: true };
  const clicked = await bot.s.person("actions", { ...where, action_id: click.action });
  expect(clicked).toMatchObject({ delivered: true, shown: null });
  const answers = await waitUntil(`an answer to ${user}`, async () => {
    const now = await heard();
    return now.length > before ? now : undefined;
  });
  return String(answers.toSorted((left, right) => Number(left["ts"]) - Number(right["ts"])).at(-1)?.["text"]);
}

/** Fills in the dialog that somebody sees and sends it. */
export async function submitModal(bot: Bot, user: string, values: Json): Promise<Json> {
  const view = await waitUntil("the modal", async () => {
    const { modals } = await bot.s.look(`views?user=${user}`);
    return Array.isArray(modals) && modals.length === 1 ? pick(modals, "0.id") : undefined;
  });
  return bot.s.person("views/submit", { user, view_id: view, values });
}

export async function submitWords(bot: Bot, user: string, words: string): Promise<void> {
  const sent = await submitModal(bot, user, { words: { text: words } });
  expect(sent).toMatchObject({ delivered: true, shown: null, answer: null });
}
