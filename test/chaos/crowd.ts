import { setTimeout as delay } from "node:timers/promises";
import { buttonsOf, findButton, wasTaken } from "#practice/scenarios/people.ts";
import type { Button, Message, People } from "#practice/scenarios/people.ts";
import { alice, bob, carol, dave, erin, frank, mallory } from "#practice/scenarios/stage.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { seeded } from "#test/support/seeded.ts";
import type { Seeded } from "#test/support/seeded.ts";
import type { Choice } from "./invariants/decisions.ts";
import { judgeHeard } from "./invariants/heard.ts";
import type { Site } from "./world/site.ts";

/** What the people of one installation need to know. */
export interface CrowdOptions {
  readonly seed: string;
  readonly site: Site;
  readonly people: People;
  /** How many upgrades were taken to an end here before this one. */
  readonly ordinal: number;
  /** Once nothing goes wrong any more people want to get home: they choose what ends it. */
  readonly isCalm: () => boolean;
  readonly say: (line: string) => void;
  /** Told of every button of a prompt before it is pressed. */
  readonly chose: (choice: Choice) => void;
  /** Told of what people press again and again without being heard. */
  readonly missed: (violation: string) => void;
}

/** As people do when nothing happens for a while: the app may have died after it took the click. */
const pressAgainAfterMs = 7_000;
const commandAgainAfterMs = 12_000;
const answersAtOnce = 5;
const noteOfHand = "the evidence shows that all of it is done";

/** People who look at the thread of one upgrade and press what they find there; their whims follow from the seed. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #pressedAt = new Map<string, number>();
  /** Since the record grew for the last time, as far as anybody looked. */
  #quiet = { version: 0, sinceMs: 0, tries: 0, taken: 0 };
  /** How often somebody had to choose at the same prompt. */
  readonly #chosen = new Map<string, number>();
  /** The step at which somebody wants back, where somebody will. */
  readonly #turnBackAt: number | undefined;
  readonly #pauseAt: number | undefined;
  /** The step at which somebody who knows nothing of the upgrade asks for another one. */
  readonly #askedAgainAt: number;

  constructor(options: CrowdOptions) {
    this.#options = options;
    const choose = this.#whim("upgrade");
    this.#turnBackAt = choose.fraction() < 0.25 ? choose.between(3, 26) : undefined;
    this.#pauseAt = choose.fraction() < 0.3 ? choose.between(2, 20) : undefined;
    this.#askedAgainAt = choose.between(2, 12);
  }

  /** Asks for an upgrade, unless that was asked for a moment ago; sometimes two people do so at once. */
  async ask(): Promise<void> {
    const hasty = this.#whim("ask").fraction() < 0.5 ? [alice, bob] : [alice];
    await Promise.all(hasty.map((user) => this.#plan(user)));
  }

  #plan(user: string, options: { readonly once?: boolean } = {}): Promise<void> {
    return this.#type(user, `plan ${this.#options.site.name} --to 3.4.2`, options);
  }

  /** One look: everything that asks for somebody is answered, as long as it was not a moment ago. */
  async look(upgrade: Upgrade): Promise<void> {
    const { people, site } = this.#options;
    this.#listen(upgrade);
    const messages = await people.messages(alice, site.channel);
    const card = messages.findLast((message) => keyOf(message) === "card" && isAbout(message, upgrade.id));
    if (card === undefined) return;
    if (upgrade.status === "planned") {
      await this.#pressOnce(alice, card, "Start");
      return;
    }
    if (upgrade.status !== "active") return;
    await this.#command(upgrade);
    for (const message of await people.messages(alice, site.channel, card.ts)) {
      if (message.is_ephemeral !== true && buttonsOf(message).length > 0) await this.#answer(message);
    }
  }

  #listen(upgrade: Upgrade): void {
    const nowMs = performance.now();
    const { version, sinceMs, tries, taken } = this.#quiet;
    if (version !== upgrade.version) this.#quiet = { version: upgrade.version, sinceMs: nowMs, tries: 0, taken: 0 };
    else
      for (const violation of judgeHeard(upgrade, { tries, taken, forMs: nowMs - sinceMs }))
        this.#options.missed(violation);
  }

  async #command(upgrade: Extract<Upgrade, { status: "active" }>): Promise<void> {
    const { name } = this.#options.site;
    if (upgrade.flow.kind !== "going") {
      if (this.#whim("resume", upgrade.version).fraction() < 0.3 || this.#options.isCalm())
        await this.#type(alice, `resume ${name}`);
      return;
    }
    if (this.#options.isCalm() || upgrade.rollback !== undefined) return;
    const done = [...currentTrack(upgrade).steps.values()].filter(({ kind }) => kind === "done").length;
    if (done === this.#pauseAt) await this.#type(alice, `pause ${name} --reason "a short break"`, { once: true });
    if (done === this.#askedAgainAt) await this.#plan(dave, { once: true });
    if (this.#turnBackAt !== undefined && done >= this.#turnBackAt)
      await this.#type(alice, `rollback ${name} --reason "not today"`);
  }

  async #answer(message: Message): Promise<void> {
    const key = keyOf(message) ?? "";
    if (key.startsWith("approval-")) await this.#vote(message, key);
    else if (/^(?:failure|drift)-/u.test(key)) await this.#choose(message, key);
    else if (findButton(message, "Answer") !== undefined) await this.#answerQuestions(message);
    else if (key.startsWith("manual-"))
      await this.#pressOnce(alice, message, (button) => button.action_id.includes("confirm_manual"));
  }

  async #vote(message: Message, key: string): Promise<void> {
    const whim = this.#whim(key).fraction();
    if (!this.#options.isCalm() && whim < 0.1) {
      if (await this.#pressOnce(dave, message, "Reject")) await this.#write(dave, "not like this");
      return;
    }
    // Those who may not vote try as well; whoever votes twice counts once.
    const hasty = whim < 0.3 ? [frank, mallory, alice, carol, carol] : [];
    for (const user of [...hasty, carol, erin]) await this.#pressOnce(user, message, "Approve");
  }

  async #choose(message: Message, key: string): Promise<void> {
    const { isCalm, site } = this.#options;
    const offers = ["Go on", "Count as done", "Look again", "Retry", "Roll back", "Hold"].filter(
      (label) => findButton(message, label) !== undefined,
    );
    if (offers.length === 0) return;
    const isDone = (showsDone(message) && !(await isMigrating(site))) || (await isDatabaseMoved(site, key));
    const maySay = offers.includes("Count as done") && isDone;
    // A soak that could not be judged, or a configuration that has changed: nobody who is asked here minds.
    const mayGoOn = offers.includes("Go on");
    const label = mayGoOn ? "Go on" : maySay ? "Count as done" : this.#chooseOne(key, offers, isCalm());
    if (label === "Retry") await this.#stopByHand(message);
    const upgradeId = upgradeIdSchema.safeParse(message.metadata?.event_payload?.["upgrade"]).data;
    if (upgradeId !== undefined) this.#options.chose({ upgradeId, prompt: key, label });
    if (!(await this.#pressOnce(alice, message, label))) return;
    this.#chosen.set(key, (this.#chosen.get(key) ?? 0) + 1);
    if (mayGoOn || maySay) await this.#write(alice, noteOfHand);
  }

  /** A service manager may start a node anew that has just been stopped; who reads that it runs stops it, and tries again. */
  async #stopByHand({ blocks }: Message): Promise<void> {
    const running = /nothing was run: (\S+) runs/u.exec(JSON.stringify(blocks))?.[1];
    if (running === undefined) return;
    this.#options.say(`${this.#options.site.name}: ${alice} stops ${running} by hand`);
    await this.#options.site.quit(running).catch(() => undefined);
  }

  #chooseOne(key: string, offers: readonly string[], isCalm: boolean): string {
    // Nobody counts as done what the evidence does not show.
    if (isCalm) return offers.includes("Roll back") ? "Roll back" : "Retry";
    const choice = this.#whim(key, this.#chosen.get(key) ?? 0).pick([
      "Retry",
      "Retry",
      "Retry",
      "Look again",
      "Roll back",
      "Hold",
    ]);
    return offers.includes(choice) ? choice : "Retry";
  }

  async #answerQuestions(message: Message): Promise<void> {
    let answeredNow = 0;
    for (const button of buttonsOf(message).filter(({ text }) => text.text.startsWith("Answer"))) {
      if (!(await this.#pressOnce(alice, message, (each) => each === button || each.value === button.value))) continue;
      answeredNow += 1;
      for (let tries = 0; tries < 10; tries += 1) {
        const answered = await this.#options.people.answerQuestion(alice, "no").catch(() => undefined);
        if (answered !== undefined) break;
        await delay(200);
      }
      // So that whoever answers sees in between what else is asked.
      if (answeredNow === answersAtOnce) return;
    }
  }

  /** Fills the dialog that a button opened, if it opens. */
  async #write(user: string, text: string): Promise<void> {
    for (let tries = 0; tries < 12; tries += 1) {
      const answered = await this.#options.people.answerModal(user, text).catch(() => undefined);
      if (answered !== undefined) return;
      await delay(250);
    }
  }

  /** Presses a button as somebody, unless they did a moment ago; whether the app took it. */
  async #pressOnce(user: string, message: Message, which: string | ((button: Button) => boolean)): Promise<boolean> {
    const { people, site, say } = this.#options;
    const button = typeof which === "string" ? findButton(message, which) : buttonsOf(message).find(which);
    if (button === undefined) return false;
    const what = `${user} ${button.action_id} ${button.value ?? ""}`;
    if (!this.#isDue(what, pressAgainAfterMs)) return false;
    say(`${site.name}: ${user} presses “${button.text.text}” of ${keyOf(message) ?? "?"}`);
    const outcome = await people.staleClick(user, site.channel, { ts: message.ts, button }).catch(() => undefined);
    this.#quiet.tries += 1;
    if (outcome === undefined || !wasTaken(outcome)) return false;
    if (keyOf(message)?.startsWith("approval-") !== true) this.#quiet.taken += 1;
    return true;
  }

  async #type(user: string, line: string, { once = false }: { readonly once?: boolean } = {}): Promise<void> {
    const { people, site, say } = this.#options;
    const what = `${user} ${line}`;
    if (once && this.#pressedAt.has(what)) return;
    if (!this.#isDue(what, commandAgainAfterMs)) return;
    say(`${site.name}: ${user} types ${line}`);
    await people.command(user, site.channel, `/kong-upgrade ${line}`).catch(() => undefined);
  }

  #isDue(what: string, againAfterMs: number): boolean {
    const last = this.#pressedAt.get(what);
    if (last !== undefined && Date.now() - last < againAfterMs) return false;
    this.#pressedAt.set(what, Date.now());
    return true;
  }

  #whim(...about: readonly (string | number)[]): Seeded {
    const { seed, site, ordinal } = this.#options;
    return seeded(seed, site.name, ordinal, ...about);
  }
}

/** What the delivery marked the message with. */
export function keyOf({ metadata }: Message): string | undefined {
  const key = metadata?.event_payload?.["key"];
  return typeof key === "string" ? key : undefined;
}

/** Whether the delivery marked the message as one of this upgrade. */
export function isAbout({ metadata }: Message, id: UpgradeId): boolean {
  return metadata?.event_payload?.["upgrade"] === id;
}

/** The evidence of an unknown outcome has nothing against it: what a careful person would count as done. */
function showsDone({ blocks }: Message): boolean {
  const text = JSON.stringify(blocks);
  return text.includes("✅ ok") && !text.includes("❌ not ok") && !text.includes("❔ undetermined");
}

/** What was asked before the database was renamed or made anew cannot hold afterwards, so somebody looks by hand. */
async function isDatabaseMoved(site: Site, prompt: string): Promise<boolean> {
  const isMade = prompt.startsWith("failure-back-create-database-");
  if (!isMade && !prompt.startsWith("failure-back-set-aside-database-")) return false;
  return (await site.hasDatabase().catch(() => undefined)) === isMade;
}

async function isMigrating(site: Site): Promise<boolean> {
  const truth = await site.truth().catch(() => undefined);
  return truth === undefined || truth.isLocked;
}
