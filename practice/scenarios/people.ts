import { z } from "zod";

const textSchema = z.object({ text: z.string() });
const buttonSchema = z.object({
  type: z.literal("button"),
  action_id: z.string(),
  text: textSchema,
  value: z.string().optional(),
});
const blockSchema = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  elements: z.array(z.unknown()).optional(),
  accessory: z.unknown().optional(),
});
const messageSchema = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  text: z.string().default(""),
  is_ephemeral: z.boolean().optional(),
  blocks: z.array(blockSchema).default([]),
  metadata: z.looseObject({ event_payload: z.record(z.string(), z.unknown()).optional() }).nullish(),
  files: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});
export type Message = z.infer<typeof messageSchema>;
export type Button = z.infer<typeof buttonSchema> & {
  readonly block_id: string | undefined;
  /** Stands beside a text; several such buttons of one message share their action, so the block tells which is meant. */
  readonly isBeside: boolean;
};

const outcomeSchema = z.looseObject({
  delivered: z.boolean(),
  ack_ms: z.number().nullish(),
  shown: z.string().nullish(),
  error: z.string().nullish(),
  answer: z.unknown(),
});
/** What the workspace says about a deed: whether the app acknowledged, and what the person was shown. */
export type Outcome = z.infer<typeof outcomeSchema>;
/** Whether the app acknowledged; otherwise Slack shows the person an error, and nothing may have happened. */
export function wasTaken(outcome: Outcome): boolean {
  return outcome.delivered && (outcome.error ?? undefined) === undefined;
}

const messagesSchema = z.object({ messages: z.array(messageSchema) });
const viewsSchema = z.object({
  modals: z.array(
    z.looseObject({
      id: z.string(),
      blocks: z.array(z.looseObject({ type: z.string(), block_id: z.string().optional() })),
    }),
  ),
});
const requestTimeoutMs = 10_000;

/** The human side of the practice workspace over HTTP: the same interface that the page uses, nothing else. */
export class People {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  command(user: string, channel: string, text: string): Promise<Outcome> {
    return this.#post("commands", { user, channel, text }, outcomeSchema);
  }

  /** A click; one on a message that this person does not see (any more) is refused by the workspace with an error. */
  click(user: string, channel: string, click: { readonly ts: string; readonly button: Button }): Promise<Outcome> {
    const { action_id, value } = click.button;
    return this.#post(
      "actions",
      { user, channel, ts: click.ts, action_id, ...(value === undefined ? {} : { value }) },
      outcomeSchema,
    );
  }

  /** A click as from a client that has not been refreshed: the button may be gone by now. */
  staleClick(user: string, channel: string, click: { readonly ts: string; readonly button: Button }): Promise<Outcome> {
    const { action_id, value, block_id, isBeside } = click.button;
    const place = isBeside && block_id !== undefined ? { block_id } : {};
    return this.#post(
      "actions",
      { user, channel, ts: click.ts, action_id, stale: true, ...place, ...(value === undefined ? {} : { value }) },
      outcomeSchema,
    );
  }

  async messages(user: string, channel: string, threadTs?: string): Promise<readonly Message[]> {
    const query = new URLSearchParams({ user, channel, ...(threadTs === undefined ? {} : { thread_ts: threadTs }) });
    return (await this.#get(`messages?${query.toString()}`, messagesSchema)).messages;
  }

  /** Fills the first text input of the topmost modal and submits it. */
  async answerModal(user: string, text: string): Promise<Outcome> {
    const { modals } = await this.#get(`views?user=${user}`, viewsSchema);
    const modal = modals.at(-1);
    const input = modal?.blocks.find((block) => block.type === "input");
    if (modal === undefined || input?.block_id === undefined) throw new Error(`${user} sees no modal with an input`);
    return this.#post("views/submit", { user, view_id: modal.id, values: { [input.block_id]: text } }, outcomeSchema);
  }

  /** Chooses an answer in the dialog of a question and submits it; undefined while no such dialog is open. */
  async answerQuestion(user: string, answer: string): Promise<Outcome | undefined> {
    const { modals } = await this.#get(`views?user=${user}`, viewsSchema);
    const modal = modals.at(-1);
    if (modal?.blocks.some((block) => block.block_id === "answer") !== true) return undefined;
    return this.#post("views/submit", { user, view_id: modal.id, values: { answer } }, outcomeSchema);
  }

  async file(id: string): Promise<string> {
    const response = await fetch(`${this.#address}/practice/files/${id}`, {
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (!response.ok) throw new Error(`file ${id}: HTTP ${response.status}`);
    return response.text();
  }

  async faults(faults: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#post("faults", faults, z.unknown());
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const response = await fetch(`${this.#address}/practice/${path}`, {
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
    return schema.parse(await response.json());
  }

  async #post<Schema extends z.ZodType>(path: string, body: object, schema: Schema): Promise<z.output<Schema>> {
    const response = await fetch(`${this.#address}/practice/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    if (!response.ok)
      throw new Error(`${path} ${JSON.stringify(body)}: HTTP ${response.status} ${await response.text()}`);
    return schema.parse(await response.json());
  }
}

/** The buttons of a message as a person sees them now. */
export function buttonsOf(message: Message): readonly Button[] {
  return message.blocks.flatMap(({ block_id, elements = [], accessory }) => {
    const all = [...elements.map((element) => [element, false] as const), [accessory, true] as const];
    return all.flatMap(([element, isBeside]) => {
      const button = buttonSchema.safeParse(element);
      return button.success ? [{ ...button.data, block_id, isBeside }] : [];
    });
  });
}

/** The button whose label begins so, if the message has it. */
export function findButton(message: Message, label: string): Button | undefined {
  return buttonsOf(message).find((button) => button.text.text.toLowerCase().startsWith(label.toLowerCase()));
}
