import { approveBy, choose, drive, planAndStart } from "./director.ts";
import { findButton } from "./people.ts";
import type { Button, Message } from "./people.ts";
import { exportAndVerify } from "./record-check.ts";
import type { Scenario } from "./scenario.ts";
import { alice, carol, channel, dave, erin, eve, frank, gina, mallory, nameOf } from "./stage.ts";
import type { Stage } from "./stage.ts";
import { demand, demandUpgraded, inspect } from "./world-check.ts";

/** Everybody who must not approve tries to. */
export const impostor: Scenario = {
  name: "impostor",
  summary:
    "the requester, a member, an imitator, a guest and an external person click Approve: each is refused privately",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    let tries = 0;
    const ending = await drive(stage, {
      onApproval: async (prompt) => {
        const button = findButton(prompt.message, "Approve");
        demand(button !== undefined, "the request has a button");
        if (button === undefined) return;
        for (const user of [alice, frank, mallory, gina, eve]) {
          tries += 1;
          await tryToApprove(stage, user, { message: prompt.message, button });
        }
        demand((await inspect(stage)).pending.length > 0 || tries > 5, "finish has not run on the clicks of impostors");
        await approveBy(stage, [carol, erin])(prompt);
      },
    });
    demand(ending === "completed", `the upgrade completes with the real approvers (it ended: ${ending})`);
    await demandUpgraded(stage);
    const tally = await exportAndVerify(stage);
    const voters = tally.exported.flatMap(({ event }) => (event.type === "ballot_cast" ? [JSON.stringify(event)] : []));
    demand(
      voters.length === 2 * tally.approvals &&
        voters.every((ballot) => ballot.includes(carol) || ballot.includes(erin)),
      "only carol's and erin's votes are in the record",
    );
    return tally;
  },
};

async function tryToApprove(
  stage: Stage,
  user: string,
  { message, button }: { readonly message: Message; readonly button: Button },
): Promise<void> {
  stage.say(`${nameOf(user)} presses “Approve”`);
  const before = await ephemerals(stage, user).then(
    (seen) => seen.length,
    () => 0,
  );
  const isOutside = await stage.people.click(user, channel, { ts: message.ts, button }).then(
    () => false,
    () => true,
  );
  // Who is not in the channel cannot even see the card: the workspace refuses, as Slack would.
  if (isOutside) return;
  const answers = await stage.until(
    `a private answer to ${nameOf(user)}`,
    async () => {
      const now = await ephemerals(stage, user);
      return now.length > before ? now : undefined;
    },
    60_000,
  );
  stage.say(`  ${nameOf(user)} is told: ${answers.at(-1)?.text ?? ""}`);
}

async function ephemerals(stage: Stage, user: string): Promise<readonly Message[]> {
  const card = await stage.card();
  const all = [
    ...(await stage.people.messages(user, channel)),
    ...(card === undefined ? [] : await stage.people.messages(user, channel, card.ts)),
  ];
  return [
    ...new Map(all.filter((message) => message.is_ephemeral === true).map((message) => [message.ts, message])).values(),
  ];
}

/** Two decisions within 50 ms. */
export const doubleClick: Scenario = {
  name: "double-click",
  summary: "approvals and a rejection within 50 ms, and every button pressed twice: one effect, in the log's order",
  run: async (open) => {
    await using stage = await open();
    await planAndStart(stage);
    let requests = 0;
    const ending = await drive(stage, {
      onApproval: async (prompt) => {
        requests += 1;
        const button = findButton(prompt.message, "Approve");
        if (button === undefined) return;
        const press = (user: string): Promise<unknown> =>
          stage.people.staleClick(user, channel, { ts: prompt.message.ts, button });
        stage.say("carol, dave and erin press “Approve” at once, each of them twice");
        await Promise.all([carol, carol, dave, dave, erin, erin].map(press));
      },
      onTrouble: choose(stage, "Retry"),
    });
    demand(ending === "completed", `the upgrade completes (it ended: ${ending})`);
    await demandUpgraded(stage);
    const tally = await exportAndVerify(stage);
    demand(tally.approvals === requests, `each request was granted once (${tally.approvals} of ${requests})`);
    for (const step of ["migrations-finish", "decommission"]) {
      const starts = tally.exported.filter(
        ({ event }) =>
          event.stepId === step && (event.type === "step_started" || event.type === "manual_step_confirmed"),
      );
      demand(starts.length === 1, `${step} ran once (${starts.length})`);
    }
    return tally;
  },
};
