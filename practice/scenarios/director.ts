import { buttonsOf, findButton, wasTaken } from "./people.ts";
import type { Button, Message } from "./people.ts";
import { alice, carol, channel, erin, nameOf } from "./stage.ts";
import type { Stage } from "./stage.ts";

export type Ending = "completed" | "rolled back" | "aborted";

/** What the people of a scenario do; each is called once per prompt that appears. Absent ones act as in a calm upgrade. */
export interface Behaviour {
  /** An approval request: by default carol and erin approve. */
  readonly onApproval?: (prompt: Prompt) => Promise<void>;
  /** A failure or an unknown outcome: by default the scenario fails, because nothing should go wrong. */
  readonly onTrouble?: (prompt: Prompt) => Promise<void>;
  /** Called on every look at the thread; true ends the drive early. */
  readonly onLook?: (thread: readonly Message[]) => Promise<boolean>;
}

/** A message that asks somebody to act. */
export interface Prompt {
  readonly message: Message;
  readonly buttons: readonly Button[];
}

/** Asks for a plan and starts it, as alice. */
export async function planAndStart(stage: Stage, to = "3.4.2"): Promise<void> {
  const line = `/kong-upgrade plan practice --to ${to}`;
  stage.say(`alice types ${line}`);
  const outcome = await stage.people.command(alice, channel, line);
  if (!wasTaken(outcome)) throw new Error(`the command was not taken: ${outcome.shown ?? ""}`);
  await stage.press(alice, "Start");
}

/** Lets the people act on every prompt until the upgrade is closed; answers how it ended. */
export async function drive(stage: Stage, behaviour: Behaviour = {}, timeoutMs = 420_000): Promise<Ending | "stopped"> {
  const handled = new Set<string>();
  const look = async (): Promise<Ending | "stopped" | undefined> => {
    const thread = await stage.thread();
    if ((await behaviour.onLook?.(thread)) === true) return "stopped";
    for (const message of thread) await act(stage, behaviour, { message, handled });
    return endingOf((await stage.card())?.text ?? "");
  };
  const what = "the end of the upgrade";
  // Whoever looks with every look may look at more than the thread.
  return behaviour.onLook === undefined ? stage.untilShown(what, look, timeoutMs) : stage.until(what, look, timeoutMs);
}

const pressAgainAfterMs = 20_000;

async function act(
  stage: Stage,
  behaviour: Behaviour,
  { message, handled }: { readonly message: Message; readonly handled: Set<string> },
): Promise<void> {
  const buttons = buttonsOf(message);
  const has = (label: string): boolean => findButton(message, label) !== undefined;
  // A request changes with every vote and is answered once.
  const key = `${message.ts} ${has("Approve") ? "Approve" : buttons.map((button) => button.action_id).join(" ")}`;
  // Whoever decides first answers what is open; the text changes as soon as that is recorded.
  if (buttons.length === 0 || handled.has(key) || message.text.includes("no answer yet")) return;
  handled.add(key);
  const prompt = { message, buttons };
  try {
    if (has("Approve")) await (behaviour.onApproval ?? approveBy(stage, [carol, erin]))(prompt);
    else if (has("Hold") || has("Retry")) await (behaviour.onTrouble ?? failLoudly)(prompt);
    else if (has("Answer")) await answerQuestions(stage, prompt);
    else {
      // As people do when nothing happens for a while: the app may have died after it took the click.
      setTimeout(() => handled.delete(key), pressAgainAfterMs).unref();
      await confirmManualStep(stage, prompt);
    }
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    // Slack showed them an error; people press again when the app is back.
    stage.say(error.message);
    handled.delete(key);
  }
}

/** Slack showed an error instead of taking a click: the app did not acknowledge it. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
}

async function press(
  stage: Stage,
  user: string,
  { message, button }: { readonly message: Message; readonly button: Button },
): Promise<void> {
  // The card may have been redrawn a moment ago; its button is the same one.
  const outcome = await stage.people.staleClick(user, channel, { ts: message.ts, button });
  if (!wasTaken(outcome))
    throw new NotTaken(
      `${nameOf(user)}'s click on “${button.text.text}” was not taken (${outcome.shown ?? "no answer"})`,
    );
}

/** Approvers press Approve one after the other; what the thread says of each is not waited for. */
export function approveBy(stage: Stage, users: readonly string[]): (prompt: Prompt) => Promise<void> {
  return async ({ message }) => {
    const button = findButton(message, "Approve");
    if (button === undefined) return;
    for (const user of users) {
      stage.say(`${nameOf(user)} presses “Approve”`);
      await press(stage, user, { message, button });
    }
  };
}

/** Presses one of the buttons of a failure prompt as alice; a modal that opens is answered. */
export function choose(stage: Stage, label: string, note?: string): (prompt: Prompt) => Promise<void> {
  return async ({ message }) => {
    const button = findButton(message, label);
    if (button === undefined) throw new Error(`the prompt does not offer “${label}”:\n${message.text}`);
    stage.say(`alice presses “${button.text.text}”`);
    await press(stage, alice, { message, button });
    if (note !== undefined) {
      stage.say(`alice writes: ${note}`);
      await stage.until(
        "a modal that asks for a note",
        () => stage.people.answerModal(alice, note).catch(() => undefined),
        30_000,
      );
    }
  };
}

/**
 * Alice answers every open question of a message with no: nothing of the practice world is hit by them. When the plan is
 * not the one in force any more she is told so instead, and needs to answer nothing.
 */
async function answerQuestions(stage: Stage, { message, buttons }: Prompt): Promise<void> {
  for (const button of buttons.filter(({ text }) => text.text.startsWith("Answer"))) {
    stage.say("alice presses “Answer…” and chooses no");
    const told = await countOutdated(stage);
    await press(stage, alice, { message, button });
    const isAnswered = await stage.until(
      "the dialog of the question",
      async () => {
        if ((await stage.people.answerQuestion(alice, "no")) !== undefined) return true;
        return (await countOutdated(stage)) > told ? false : undefined;
      },
      30_000,
    );
    if (!isAnswered) return;
  }
}

/** How often alice was told that a button is of an outdated plan. */
async function countOutdated(stage: Stage): Promise<number> {
  const thread = await stage.thread();
  return thread.filter(({ is_ephemeral, text }) => is_ephemeral === true && /not the one in force/u.test(text)).length;
}

async function confirmManualStep(stage: Stage, { message, buttons }: Prompt): Promise<void> {
  const button = buttons.find((each) => each.action_id.includes("confirm"));
  if (button === undefined) return;
  stage.say(`alice presses “${button.text.text}”`);
  await press(stage, alice, { message, button });
}

async function failLoudly({ message }: Prompt): Promise<void> {
  return Promise.reject(new Error(`something failed that should not:\n${message.text}`));
}

function endingOf(card: string): Ending | undefined {
  if (card.includes("✅ Completed")) return "completed";
  if (card.includes("↩️ Rolled back")) return "rolled back";
  if (card.includes("⏹️ Aborted")) return "aborted";
  return undefined;
}
