import { expect, test } from "vitest";
import type { Message } from "#practice/scenarios/people.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { id, started } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { names, recordOf } from "#test/src/slack/recorded.ts";
import { judgeThread } from "./thread.ts";

const story = started().runUntilIrreversible();
story.must({ intent: "add_note", text: "all is calm", by: inSlack(alice) });
const events = recordOf(story);
const thread = shownFor(events);

/** What Slack shows where it shows exactly what the record says. */
function shownFor(recorded: readonly RecordedEvent[]): readonly Message[] {
  return desiredPosts(recorded, names)
    .filter(({ place, ephemeralTo, isOver }) => place !== "direct" && ephemeralTo === undefined && isOver !== true)
    .map((post, index) => messageOf(post, index));
}

function messageOf({ key, text, blocks, file }: DesiredPost, index: number): Message {
  const ts = `1700000000.${String(index).padStart(6, "0")}`;
  const metadata = { event_payload: { upgrade: id, key } };
  return file === undefined
    ? { ts, text, blocks: blocks.map((block) => ({ ...block })), files: [], metadata }
    : { ts, text, blocks: [], files: [{ id: `F${index}`, name: file.name }] };
}

const judge = (messages: readonly Message[]) => judgeThread(id, events, { messages, names });
const keyed = (key: string) => (message: Message) => message.metadata?.event_payload?.["key"] === key;
const note = thread.find(({ text }) => text.includes("all is calm"));

test("a thread that shows what the record says is in order, whoever was mentioned", () => {
  expect(thread.length).toBeGreaterThan(5);
  expect(judge(thread)).toEqual([]);
});

test("each message of the thread is missed when it is not there", () => {
  for (const gone of thread) {
    expect(judge(thread.filter((message) => message !== gone))).toEqual([
      expect.stringMatching(/is missing in the thread/u),
    ]);
  }
});

test("a message that is there twice is found", () => {
  expect(judge([...thread, ...thread.slice(-1)])).toEqual([expect.stringMatching(/is in the thread 2 times/u)]);
});

test("a message that says something else, and one that offers what is over, are found", () => {
  const other = thread.map((message) => (message === note ? { ...message, text: "all is lost" } : message));
  expect(judge(other)).toEqual([expect.stringMatching(/says “all is lost” instead of “.*all is calm/u)]);
  const button = { type: "button", action_id: "ku_old", text: { type: "plain_text", text: "Retry" } };
  const blocks = [{ type: "actions", elements: [button] }];
  expect(judge(thread.map((message) => (message === note ? { ...message, blocks } : message)))).toEqual([
    expect.stringMatching(/offers "action_id":"ku_old", which is over/u),
  ]);
});

test("an event that the record lost is found by the message that it had", () => {
  const lost = events.filter(({ event }) => event.type !== "note_added");
  const key = String(note?.metadata?.event_payload?.["key"]);
  expect(judgeThread(id, lost, { messages: thread, names })).toContain(`${id}: ${key} does not follow from the record`);
  expect(thread.some(keyed(key))).toBe(true);
});
