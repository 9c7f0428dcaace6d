import { z } from "zod";
import { userIdSchema } from "#approvals/person.ts";
import { refused } from "#commands/reply.ts";
import { whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";

/** One payload as it came, before anything of it is believed. */
export interface Delivered<Schema extends z.ZodType> {
  /** For the log, e.g. `action`. */
  readonly what: string;
  readonly schema: Schema;
  readonly body: unknown;
  readonly acknowledge: () => Promise<void>;
}

const text = z.string().optional().catch(undefined);

/** Whoever sent it, as far as that can be read. */
const senderSchema = z.object({
  api_app_id: z.string(),
  user: z.object({ id: userIdSchema }).optional().catch(undefined),
  user_id: userIdSchema.optional().catch(undefined),
  channel: z.object({ id: z.string() }).optional().catch(undefined),
  channel_id: text,
  response_url: text,
});

/** Parses a payload and passes it on. One that does not parse is acknowledged, logged without its content, and answered. */
export async function received<Schema extends z.ZodType>(
  ports: ListenerPorts,
  { what, schema, body, acknowledge }: Delivered<Schema>,
  use: (payload: z.infer<Schema>) => Promise<void>,
): Promise<void> {
  const parsed = schema.safeParse(body);
  if (parsed.success) {
    await use(parsed.data);
    return;
  }
  const sender = senderSchema.safeParse(body).data;
  if (sender !== undefined && sender.api_app_id !== ports.identity.appId) {
    ports.log.warn({ what, app: sender.api_app_id }, "a payload for another app was refused");
    return;
  }
  await acknowledge();
  const wrong = parsed.error.issues.slice(0, 5).map(({ path, code }) => `${path.join(".")}: ${code}`);
  ports.log.warn({ what, wrong }, "Slack sent something that this version cannot read; nothing was done");
  const userId = sender?.user?.id ?? sender?.user_id;
  if (sender === undefined || userId === undefined) return;
  const { content } = refused({
    sentence: "I could not read what Slack sent me, so nothing was done.",
    help: "Please try again; if it stays like this, tell whoever runs me to look into my log.",
  });
  await whisper(
    ports,
    { userId, channel: sender.channel?.id ?? sender.channel_id, responseUrl: sender.response_url },
    content,
  );
}
