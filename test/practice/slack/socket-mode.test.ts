import { expect, test } from "vitest";
import { connect } from "./app.ts";
import { eventually, pick, stage } from "./stage.ts";

test("the greeting tells how many connections there are", async () => {
  const s = await stage();
  const first = await connect(s);
  const second = await connect(s);
  expect(first.frames[0]).toMatchObject({
    type: "hello",
    num_connections: 1,
    connection_info: { app_id: "A0KONGUP1" },
  });
  expect(second.frames[0]).toMatchObject({ num_connections: 2 });
});

test("an eleventh connection is sent away", async () => {
  const s = await stage();
  for (let i = 0; i < 10; i += 1) await connect(s);
  const { frames, socket } = await connect(s);
  expect(frames[0]).toMatchObject({ type: "disconnect", reason: "too_many_websockets" });
  await eventually("the close", () => (socket.readyState === WebSocket.CLOSED ? true : undefined));
  expect(s.workspace.connections()).toBe(10);
});

test("an event that is not acknowledged comes again with the same id, a click does not", async () => {
  const s = await stage({ ackTimeoutMs: 40 });
  const { frames } = await connect(s);
  await s.person("home", { user: "U0BOB0001" });
  const [, first, again] = await eventually("the retry", () => (frames.length === 3 ? frames : undefined));
  expect(first).toMatchObject({ type: "events_api", retry_attempt: 0, accepts_response_payload: false });
  expect(again).toMatchObject({ retry_attempt: 1, retry_reason: "timeout" });
  expect(pick(again, "payload.event_id")).toBe(pick(first, "payload.event_id"));
  const outcome = await s.person("shortcuts", { user: "U0BOB0001", callback_id: "start_upgrade" });
  expect(outcome).toMatchObject({ error: "operation_timeout" });
  expect(frames.filter((it) => it["type"] === "interactive")).toHaveLength(1);
});

test("an answer without payload is an acknowledgement too, and is measured", async () => {
  const s = await stage();
  const { frames, socket } = await connect(s);
  const outcome = s.person("commands", { user: "U0BOB0001", channel: "C0PRACTCE", text: "status" });
  const envelope = await eventually("the command", () => frames[1]);
  expect(envelope).toMatchObject({
    type: "slash_commands",
    accepts_response_payload: true,
    payload: { command: "/kong-upgrade", text: "status", user_id: "U0BOB0001", channel_name: "kong-practice" },
  });
  socket.send(JSON.stringify({ envelope_id: envelope["envelope_id"] }));
  expect(await outcome).toMatchObject({ delivered: true, answer: null, shown: null, ack_ms: expect.any(Number) });
});

test("frames that are no acknowledgement do no harm", async () => {
  const s = await stage();
  const { socket } = await connect(s);
  socket.send("not JSON");
  socket.send("[]");
  socket.send(JSON.stringify({ envelope_id: "unknown" }));
  await eventually("the note in the traffic", async () => {
    const { entries } = await s.look("traffic");
    return JSON.stringify(entries).includes("nobody waits for") ? true : undefined;
  });
  expect(s.workspace.connections()).toBe(1);
});
