import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, defined } from "#practice/slack/json.ts";
import type { Notice } from "#practice/slack/world/records.ts";
import { knownPerson } from "./refusals.ts";

/** Which notifications are asked for; every part is optional. `after` is the `ts` of a message. */
export type NoticeQuery = {
  readonly user?: string | undefined;
  readonly channel?: string | undefined;
  readonly from?: string | undefined;
  readonly after?: string | undefined;
};

/** One posted message that notified anybody. */
type Ping = {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts: string | undefined;
  readonly from: string;
  readonly text: string;
  readonly notified: readonly string[];
  readonly reasons: readonly Notice["reason"][];
  readonly groups: readonly string[];
  /** Whether it rang for everybody of its channel. */
  readonly is_broadcast: boolean;
};

const BROADCASTS: ReadonlySet<string> = new Set<Notice["reason"]>(["here", "channel", "everyone"]);

/** Whom the workspace notified of what: each notification, and the sums per person, channel and message. */
export function readNotices(ctx: Context, query: NoticeQuery): JsonObject {
  if (query.user !== undefined) knownPerson(ctx, query.user);
  const notices = ctx.world.notices.filter((notice) => isWanted(notice, query));
  const messages = pings(notices);
  return {
    count: notices.length,
    notifications: notices.map((notice) => defined({ ...notice })),
    by_person: countBy(notices.map((notice) => notice.user)),
    by_reason: countBy(notices.map((notice) => notice.reason)),
    by_channel: byChannel(messages),
    messages: messages.map((message) => defined({ ...message })),
  };
}

function isWanted(notice: Notice, query: NoticeQuery): boolean {
  return (
    (query.user === undefined || notice.user === query.user) &&
    (query.channel === undefined || notice.channel === query.channel) &&
    (query.from === undefined || notice.from === query.from) &&
    (query.after === undefined || Number(notice.ts) > Number(query.after))
  );
}

function pings(notices: readonly Notice[]): readonly Ping[] {
  const byMessage = Map.groupBy(notices, ({ channel, ts }) => `${channel}/${ts}`);
  return [...byMessage.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { channel, ts, thread_ts, from, text } = first;
    const reasons = [...new Set(same.map(({ reason }) => reason))];
    return [
      {
        channel,
        ts,
        thread_ts,
        from,
        text,
        reasons,
        notified: same.map(({ user }) => user),
        groups: [...new Set(same.map(({ group }) => group))].filter((group) => group !== undefined),
        is_broadcast: reasons.some((reason) => BROADCASTS.has(reason)),
      },
    ];
  });
}

function byChannel(messages: readonly Ping[]): JsonObject {
  const channels = Map.groupBy(messages, ({ channel }) => channel);
  const sums = [...channels].map(([channel, own]) => [
    channel,
    {
      messages: own.length,
      notifications: own.reduce((sum, { notified }) => sum + notified.length, 0),
      broadcasts: own.filter((it) => it.is_broadcast).length,
      group_pings: own.filter(({ groups }) => groups.length > 0).length,
    },
  ]);
  return Object.fromEntries(sums);
}

function countBy(keys: readonly string[]): JsonObject {
  return Object.fromEntries([...Map.groupBy(keys, (key) => key)].map(([key, same]) => [key, same.length]));
}
