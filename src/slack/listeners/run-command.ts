import type { Requester } from "#src/upgrade/identity.ts";
import { readCommand } from "#commands/table.ts";
import type { Reply } from "#commands/reply.ts";
import { privateMessage } from "#src/slack/answer-privately.ts";
import type { IncomingCommand } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { groupsOf } from "#src/slack/people.ts";
import { codesPort, peoplePort } from "./command-ports.ts";
import { handle, whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";

/** The one slash command of the bot; must be the one in manifest.yml. */
export const slashCommand = "/kong-upgrade";

type Acknowledge = (
  answer?: ReturnType<typeof privateMessage> & { readonly response_type: "ephemeral" },
) => Promise<void>;

/** Reads the line; mistakes are answered in the acknowledgement itself, everything else after it. */
export async function runCommand(ports: ListenerPorts, command: IncomingCommand, ack: Acknowledge): Promise<void> {
  const { environments, people, desk, records, names, now, isExternallyShared, rosterOf } = ports;
  const person = { userId: command.user_id, channel: command.channel_id, responseUrl: command.response_url };
  const read = readCommand(
    command.text,
    environments.map(({ name }) => name),
  );
  const incoming = {
    what: `command ${command.text.trim().split(/\s/u)[0] ?? ""}`.slice(0, 60),
    ...originOf(command),
    dedupKey: `command/${command.trigger_id}`,
    person,
  };
  if (!read.ok) {
    const shown = privateMessage(read.reply.content);
    await handle(ports, incoming, { acknowledge: () => ack({ response_type: "ephemeral", ...shown }) });
    return;
  }
  await handle(ports, incoming, {
    acknowledge: () => ack(),
    acknowledgedWhen: read.isReadOnly ? "received" : "recorded",
    work: async (recorded) => {
      const by: Requester = {
        kind: "slack",
        person: await people.lookUp({
          userId: command.user_id,
          groups: environments.flatMap(groupsOf),
          isFresh: false,
        }),
      };
      const reply = await read.run({
        desk,
        environments,
        records,
        names,
        by,
        now,
        people: peoplePort(ports),
        timeZoneOf: (userId) => people.timeZoneOf(userId),
        ...codesPort(ports),
        channel: command.channel_id,
        isExternallyShared,
        rosterOf,
      });
      if (reply.dialog !== undefined)
        await ports.clients.interactive.views.open({ trigger_id: command.trigger_id, view: reply.dialog });
      await recorded();
      if (reply.dialog === undefined) await answer(ports, person, reply);
    },
  });
}

async function answer(ports: ListenerPorts, person: Parameters<typeof whisper>[1], reply: Reply): Promise<void> {
  if (reply.upgradeId !== undefined) ports.upgradeChanged(reply.upgradeId);
  await whisper(ports, person, reply.content);
}
