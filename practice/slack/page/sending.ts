import { useState } from "preact/hooks";
import type { Channel } from "./model.ts";
import { useViewer } from "./viewer.ts";
import { act } from "./workspace-api.ts";
import type { Outcome } from "./workspace-api.ts";

/** Sends what was typed; `notice` is what Slack would answer to the sender alone when it does not work. */
type Sending = {
  readonly sending: string;
  readonly notice: string;
  readonly send: (line: string) => Promise<void>;
  readonly clearNotice: () => void;
};

/** Sends messages and slash commands of the acting person to a channel or a thread of it. */
export function useSending(channel: Channel, thread: string): Sending {
  const { me, workspace } = useViewer();
  const [sending, setSending] = useState("");
  const [notice, setNotice] = useState("");
  const deliver = (line: string): Promise<Outcome> => {
    if (line.startsWith("/")) return act("commands", { user: me.id, channel: channel.id, text: line });
    const place = thread === "" ? {} : { thread_ts: thread };
    return act("messages", { user: me.id, channel: channel.id, text: line, ...place });
  };
  const send = async (line: string): Promise<void> => {
    setNotice("");
    if (thread !== "" && line.startsWith("/")) {
      // Slack's own words; commands carry no thread_ts, so they cannot run in a thread.
      setNotice(`${line.split(" ")[0]} is not supported in threads. Sorry!`);
      return;
    }
    setSending(line.startsWith("/") ? workspace.bot.name : "");
    const outcome = await deliver(line);
    setSending("");
    setNotice(outcome.problem);
  };
  return { sending, notice, send, clearNotice: () => setNotice("") };
}
