import { expect, test } from "vitest";
import { emptyDirectory } from "#approvals/directory.ts";
import { clicked } from "#src/slack/listeners/click.ts";
import { decodeValue, encodeValue } from "#src/slack/actions.ts";
import { handle } from "#src/slack/listeners/handle.ts";
import type { ListenerPorts } from "#src/slack/listeners/ports.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { createClients } from "#src/slack/clients.ts";
import { People } from "#src/slack/people.ts";
import { MemoryLog } from "./bot.ts";
import { names } from "./recorded.ts";

const apiUrl = "http://127.0.0.1:1/api/";

async function fail(): Promise<never> {
  throw new Error("not asked for here");
}

function ports(over: Partial<ListenerPorts> = {}): ListenerPorts & { readonly log: MemoryLog } {
  const log = new MemoryLog();
  const clients = createClients("xoxb-practice-x", apiUrl, log);
  return {
    desk: new MemoryDesk(),
    environments: [],
    records: { exportRecord: fail, verifyRecord: fail },
    clients,
    apiUrl,
    identity: {
      teamId: "T0ACME001",
      team: "Acme",
      botUserId: "U0BOT0001",
      botId: "B0BOT0001",
      name: "bot",
      appId: "A0KONGUP1",
    },
    people: new People({
      client: clients.interactive,
      home: { teamId: "T0ACME001" },
      directory: emptyDirectory,
      readRoster: fail,
      log,
      now: Date.now,
    }),
    names,
    now: Date.now,
    isFirstDelivery: async () => true,
    isExternallyShared: async () => false,
    channelReach: async () => "own",
    rosterOf: fail,
    recheckApproval: async () => undefined,
    upgradeChanged: () => {},
    uploadFile: fail,
    ...over,
    log,
  };
}

const click = {
  api_app_id: "A0KONGUP1",
  team: { id: "T0ACME001" },
  user: { id: "U0CAROL01", team_id: "T0ACME001" },
  trigger_id: "1.2.3",
  actions: [{ action_id: "ku_start", value: '{"u":"KU-2026-0001"}' }],
};

test.each([
  ["another app", { ...click, api_app_id: "A0OTHER01" }],
  ["another workspace", { ...click, team: { id: "T0OTHER01" } }],
])("a payload of %s is not even acknowledged", async (_, foreign) => {
  const { log, ...rest } = ports();
  let acks = 0;
  await clicked({ ...rest, log }, foreign, async () => {
    acks += 1;
  });
  expect(acks).toBe(0);
  expect(log.lines).toMatchObject([{ level: "warn" }]);
});

const incoming = {
  what: "test",
  appId: "A0KONGUP1",
  teamId: "T0ACME001",
  dedupKey: "k",
  person: { userId: "U0CAROL01" },
};

test("it is acknowledged before anything else is done, and a repeated delivery does nothing", async () => {
  const order: string[] = [];
  const handling = {
    acknowledge: async () => void order.push("ack"),
    first: async () => void order.push("first"),
    work: async () => void order.push("work"),
  };
  await handle(ports(), incoming, handling);
  await handle(ports({ isFirstDelivery: async () => false }), incoming, handling);
  expect(order).toEqual(["ack", "first", "work", "ack", "first"]);
});

test("a slow acknowledgement is noted in the log", async () => {
  let now = 0;
  const slow = ports({ now: () => (now += 1_500) });
  await handle(slow, incoming, { acknowledge: async () => {} });
  expect(slow.log.lines.some((line) => line.message.includes("took long"))).toBe(true);
});

test.each([
  ["nothing", undefined],
  ["no JSON", "approve:42"],
  ["more than we wrote", '{"u":"KU-2026-0001","z":1}'],
  ["an id that is none", '{"u":"KU-1"}'],
  ["a digest that is none", '{"u":"KU-2026-0001","p":"zz"}'],
  ["too much", `{"u":"KU-2026-0001","s":"${"x".repeat(3_000)}"}`],
])("a button value with %s is not ours", (_, raw) => {
  expect(decodeValue(raw)).toBeUndefined();
});

test("what is written into a button is read from it again", () => {
  const value = {
    upgradeId: "KU-2026-0001",
    plan: "0123456789abcdef",
    step: { id: "migrations-finish", attempt: 2, digest: "fedcba9876543210" },
  } as const;
  expect(decodeValue(encodeValue(value))).toEqual(value);
  expect(encodeValue(value).length).toBeLessThan(2_000);
});
