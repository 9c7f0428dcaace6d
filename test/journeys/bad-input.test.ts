import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { table } from "#commands/table.ts";
import { usageOf } from "#commands/command.ts";
import { findButton } from "#practice/scenarios/people.ts";
import { alice, channel, eve, frank, gina, mallory } from "#practice/scenarios/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { Journey, bob, dora, general, legacy, partner } from "./support/journey.ts";
import type { Seen, Told } from "./support/journey.ts";

let journey: Journey;
beforeAll(async () => {
  journey = await Journey.open();
});
afterAll(() => journey[Symbol.asyncDispose]());

/** Does something that must only cause a private answer, within Slack's 3 s. */
async function onlyTold(act: () => Promise<Told>): Promise<string> {
  const before = await journey.trace();
  const { text, ackMs } = await act();
  expect(ackMs).toBeLessThan(3_000);
  expect(await journey.trace()).toEqual(before);
  return text;
}

const words = table.map(({ word }) => word);

describe("bad input", { shuffle: false }, () => {
  test.each(words)("“%s” without its last letter is answered with the right word", async (word) => {
    const told = await onlyTold(() => journey.ask(alice, `${word.slice(0, -1)} practice`));
    expect(told).toContain(`Did you mean \`${word}\`?`);
    expect(told).toContain("Words: help, environments,");
  });

  test.each(table)("an unknown option of “$word” is answered with usage and an example", async (command) => {
    const told = await onlyTold(() => journey.ask(alice, `${command.word} --colour blue`));
    expect(told).toContain(`\`${command.word}\` has no option \`--colour\``);
    expect(told).toContain(`Example: \`${command.example}\``);
    const usage = usageOf(command).replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    expect(told).toContain(`Usage: \`${usage}\``);
  });

  test.each<[string, string, RegExp, RegExp]>([
    [
      "a word that is nothing like any",
      "abracadabra",
      /I do not know `abracadabra`/u,
      /`help &lt;word&gt;` tells more/u,
    ],
    ["a missing version", "plan practice", /`plan` needs `--to`/u, /Usage: .*\nExample: `plan practice --to 3\.4\.2`/u],
    ["an option without its value", "plan practice --to", /`--to` needs a value/u, /Example: /u],
    ["a missing note", "note practice", /`note` needs a text/u, /Example: `note practice on-call/u],
    ["a word too much", "start practice now", /`start` does not understand `now`/u, /Usage: `start/u],
    [
      "a choice that does not exist",
      "plan practice --to 3.4.2 --order test",
      /cannot be `test`.*Possible: /u,
      /Example: /u,
    ],
    [
      "a strategy that does not exist",
      "plan practice --to 3.4.2 --strategy in-plce",
      /Did you mean `in-place`/u,
      /Example: /u,
    ],
    [
      "an environment with a typo",
      "plan practise --to 3.4.2",
      /Did you mean “practice”/u,
      /Known environments: practice, legacy/u,
    ],
    [
      "an environment that does not exist",
      "status production",
      /There is no environment “production”/u,
      /Known environments/u,
    ],
    ["something that is no version", "plan practice --to banana", /`banana` is not a Kong version/u, /three numbers/u],
    [
      "a release that does not exist",
      "plan practice --to 3.4.9",
      /No Kong OSS release 3\.4\.9 is known/u,
      /nearest one is 3\.4\.2/u,
    ],
    [
      "an Enterprise release that does not exist",
      "plan practice --to 3.4.3.99",
      /No Kong Enterprise release 3\.4\.3\.99 is known/u,
      /nearest one is 3\.4\.3\./u,
    ],
    ["a line that Kong OSS has not", "plan practice --to 3.10.0", /3\.9 is the last OSS line/u, /change the edition/u],
    ["a start without a plan", "start practice", /There is no open upgrade of practice/u, /plan practice --to/u],
    ["a retry of nothing", "retry practice", /There is no open upgrade of practice/u, /Ask for a plan/u],
    [
      "an upgrade that does not exist",
      "status KU-2026-9999",
      /There is no upgrade KU-2026-9999/u,
      /`\/kong-upgrade status` lists/u,
    ],
    [
      "a record that does not exist",
      "verify KU-2026-9999",
      /There is no upgrade KU-2026-9999/u,
      /lists the open ones/u,
    ],
    ["another environment's name", "plan legacy --to 2.8.5", /legacy is operated in its own channel/u, /<#C0LEGACY1>/u],
  ])("%s is answered privately with what to do", async (_, line, why, help) => {
    const told = await onlyTold(() => journey.ask(alice, line));
    expect(told).toMatch(why);
    expect(told).toMatch(help);
  });

  test.each([
    ["of nobody's", general],
    ["that is shared with a partner", partner],
  ])("a command in a channel %s is sent to the environment's own", async (_, where) => {
    const named = await onlyTold(() => journey.ask(alice, "plan practice --to 3.4.2", where));
    expect(named).toContain("Please type this in <#C0PRACTCE>");
    const unnamed = await onlyTold(() => journey.ask(alice, "start", where));
    expect(unnamed).toContain("practice in <#C0PRACTCE>, legacy in <#C0LEGACY1>");
  });

  test.each([
    ["a guest", gina, /Guests cannot operate upgrades.*Ask one of the operators of practice/su],
    ["an ordinary member", frank, /You are not named as an operator of practice.*Ask one of the operators/su],
    ["somebody who calls herself carol", mallory, /You are not named as an operator of practice/u],
  ])("%s cannot ask for a plan", async (_, user, why) => {
    expect(await onlyTold(() => journey.ask(user, "plan practice --to 3.4.2"))).toMatch(why);
  });

  test("an external person in the shared channel and a deactivated one do not reach the bot", async () => {
    const { people } = journey.stage;
    const before = await journey.trace();
    expect(await people.command(eve, partner, "/kong-upgrade status")).toMatchObject({ delivered: false });
    await expect(people.command(dora, channel, "/kong-upgrade status")).rejects.toThrow(/account_inactive/u);
    expect(await journey.trace()).toEqual(before);
  });

  test.each([
    ["a downgrade", "plan practice --to 2.8.4", /2\.8\.4 is older than the running 2\.8\.5/u, channel],
    ["the version that runs", "plan practice --to 2.8.5", /2\.8\.5 is already running/u, channel],
    [
      "an installation whose migrations cannot be read",
      "plan legacy --to 3.4.2",
      /did not tell the state of the database/u,
      legacy,
    ],
    [
      "another edition and line at once",
      "plan practice --to 3.4.3.5",
      /both edition and version would change/u,
      channel,
    ],
  ])("%s is refused privately after a look, and nothing is left open", async (_, line, why, where) => {
    const refused = await journey.rows.count("plan_refused");
    await journey.ask(alice, line, where);
    await waitUntil("the refusal", async () => (await journey.rows.count("plan_refused")) > refused);
    const told = await journey.hears(alice, why, where);
    expect(told).toContain("What would help:");
    expect((await journey.ask(bob, "status", general)).text).toContain("Nothing is open");
  });

  test("a check of a dead installation says what could not be decided", async () => {
    const { "kong-1": one, "kong-2": two } = journey.stage.world.fleet.nodes;
    const kong = (word: string) =>
      Promise.all([one, two].map((node) => execa(node.kong, [word, "-p", node.prefix], { timeout: 60_000 })));
    await kong("stop");
    try {
      await journey.ask(alice, "check practice --to 3.4.2");
      const told = await journey.thread(/Check of practice/u);
      expect(told.text).toMatch(/\d+ undecided/u);
      expect(JSON.stringify(told.blocks)).toMatch(/Could not be decided/u);
    } finally {
      await Promise.all([one, two].map((node) => execa(node.kong, ["start", "-c", node.conf], { timeout: 60_000 })));
    }
  });

  let first: Seen;
  let start: Seen;

  test("a Start button whose plan was superseded by a second plan does nothing", async () => {
    first = await journey.plan();
    start = await journey.plan(bob, "plan practice --to 3.4.2 --order documented");
    await journey.planIsTold();
    const told = await onlyTold(() => journey.click(alice, first));
    expect(told).toMatch(/a plan of KU-\d{4}-\d{4} that is not the one in force any more; nothing was done/u);
    expect(told).toContain("Now: ");
    await journey.thread(/was superseded by a newer one/u);
  });

  test.each([
    ["a guest", gina, /Guests cannot operate upgrades/u],
    ["an ordinary member", frank, /You are not named as an operator/u],
    ["somebody who calls herself carol", mallory, /You are not named as an operator/u],
  ])("Start pressed by %s does nothing", async (_, user, why) => {
    expect(await onlyTold(() => journey.click(user, start))).toMatch(why);
  });

  test("Start pressed twice at once starts once, and the other press is told so", async () => {
    const [left, right] = await Promise.all([journey.click(alice, start), journey.click(bob, start)]);
    expect(await journey.rows.count("upgrade_started")).toBe(1);
    const texts = [left.text, right.text];
    expect(texts.filter((text) => text.includes("is started. It is recorded with your name"))).toHaveLength(1);
    expect(texts.filter((text) => text.includes("is already running"))).toHaveLength(1);
  });

  test("a second upgrade of the same environment, and a late Start, are refused with the one that runs", async () => {
    await journey.manualPrompt();
    await journey.quiet();
    const second = await onlyTold(() => journey.ask(bob, "plan practice --to 3.4.2"));
    expect(second).toMatch(/practice has an open upgrade: KU-\d{4}-\d{4} to 3\.4\.2/u);
    expect(second).toMatch(/Wait until KU-\d{4}-\d{4} is closed/u);
    expect(await onlyTold(() => journey.click(alice, start))).toContain("is already running");
  });

  test.each([
    ["mentions of everybody", "<!channel> <!here> <!everyone> @channel @here @bob <@U0BOB0001> <!subteam^S0APPROVE>"],
    ["a link that lies", "see <https://evil.example|https://docs.konghq.com> and [kong](https://evil.example)"],
    ["back-ticks that end a code style", "``` *done* ``` `x` _y_ ~z~ <!channel>"],
    ["characters that turn text around", "approved\u202Eton\u202C by carol\u200B \u2066x\u2069 <@U0CAROL01>"],
    ["10 kB", "<!channel> ".repeat(930)],
  ])("a note with %s notifies nobody and changes no formatting", async (_, text) => {
    const before = { ...(await journey.trace()) };
    const { ackMs } = await journey.ask(bob, `note practice ${text}`);
    expect(ackMs).toBeLessThan(3_000);
    expect(await journey.rows.count()).toBe(before.events + 1);
    const shown = await waitUntil("the note in the thread", async () => {
      const now = await journey.trace();
      return (
        now.messages > before.messages && (await journey.stage.thread()).findLast((each) => each.text.startsWith("📝"))
      );
      // Two plans with their questions stand before it, and Slack takes about one message a second in a channel.
    });
    const everything = JSON.stringify([shown.text, shown.blocks]);
    expect(everything).not.toMatch(/<[!@#h]|[\u202A-\u202E\u2066-\u2069\u200B]/u);
    expect(shown.text.length).toBeLessThan(4_000);
    expect(await journey.notifications()).toBe(before.notifications);
  });

  test("an upgrade that has changed something is not just aborted, and its closed card is dead", async () => {
    expect(await onlyTold(() => journey.ask(bob, "abort practice"))).toMatch(
      /steps of KU-\d{4}-\d{4} have run.*--leave-as-is/su,
    );
    const pause = await journey.sees("Pause");
    await journey.ask(bob, 'abort practice --leave-as-is --reason "enough"');
    const card = await journey.card(/Aborted by bob: enough/u);
    expect(findButton(card, "Start")).toBeUndefined();
    await journey.thread(/Record of KU-\d{4}-\d{4} at the end/u);
    for (const late of [first, start, pause]) {
      expect(await onlyTold(() => journey.click(alice, late))).toMatch(/is closed; this button does nothing any more/u);
    }
  });
});
