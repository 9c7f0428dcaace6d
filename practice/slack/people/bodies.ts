import { z } from "zod";

const id = z.string().min(1);
const values = z.record(z.string(), z.unknown());
/** What each deed's request must look like. */
export const bodies = {
  commands: z.strictObject({ user: id, channel: id, text: z.string() }),
  actions: z.strictObject({
    user: id,
    channel: id.optional(),
    ts: id.optional(),
    view_id: id.optional(),
    action_id: id,
    block_id: id.optional(),
    value: z.string().optional(),
    selected: z.unknown().optional(),
    values: values.optional(),
    stale: z.boolean().optional(),
  }),
  submit: z.strictObject({ user: id, view_id: id, values: values.default({}) }),
  close: z.strictObject({ user: id, view_id: id }),
  messages: z.strictObject({ user: id, channel: id, text: z.string(), thread_ts: id.optional() }),
  user: z.strictObject({ user: id }),
  shortcuts: z.strictObject({ user: id, callback_id: id, channel: id.optional(), ts: id.optional() }),
  options: z.strictObject({
    user: id,
    action_id: id,
    value: z.string().default(""),
    channel: id.optional(),
    ts: id.optional(),
    view_id: id.optional(),
  }),
};
