import { z } from "zod";
import { describeAnswer, openAdmin } from "#src/discovery/admin-client.ts";
import type { Action } from "#src/plan/step.ts";
import { bad, good, unclear } from "./probes/answer.ts";
import type { Answer } from "./probes/answer.ts";
import { nodeOf } from "./probes/node-of.ts";
import type { ProbeContext } from "./step-context.ts";

type Request = Extract<Action, { readonly kind: "request" }>;

const entrySchema = z.object({
  id: z.string().optional(),
  name: z.string().nullish(),
  created_at: z.number().optional(),
  updated_at: z.number().optional(),
});
const listSchema = z.object({ data: z.array(entrySchema) });

/** Reads what a request was to write. Fields that hold secrets are not read back: what cannot be shown is not compared. */
export async function lookAfterRequest(action: Request, { environment, ports }: ProbeContext): Promise<Answer> {
  const { node, path, method, body } = action;
  const answer = await openAdmin(environment, ports).ask(nodeOf(environment, node), path);
  const asked = `GET ${path} of ${node}`;
  if (method === "DELETE" && answer.status === 404) return good(`${asked} finds nothing any more`);
  if (method === "DELETE" && answer.status === 200) return bad(`${asked} still finds it`);
  if (answer.status !== 200) return unclear(`${asked} answered ${describeAnswer(answer)}`);
  const list = listSchema.safeParse(answer.body);
  if (list.success) {
    const entries = list.data.data.toSorted((left, right) => (right.created_at ?? 0) - (left.created_at ?? 0));
    return unclear(`${asked} lists ${entries.length} entries, the newest first`, entries.map(describeEntry));
  }
  const entity = z.record(z.string(), z.unknown()).safeParse(answer.body);
  const fields = Object.entries(body);
  if (method === "POST" || !entity.success || fields.length === 0) return unclear(`${asked} answered HTTP 200`);
  const different = fields.filter(([name, value]) => entity.data[name] !== value).map(([name]) => name);
  return different.length === 0
    ? good(`${asked} tells what was to be written (${fields.map(([name]) => name).join(", ")})`)
    : bad(`${asked} tells another ${different.join(", ")} than what was to be written`);
}

function describeEntry({ id, name, created_at: created, updated_at: updated }: z.infer<typeof entrySchema>): string {
  const told = [id, name ?? undefined].filter((part) => part !== undefined).join(" ");
  const times = Object.entries({ created, updated }).flatMap(([what, seconds]) =>
    seconds === undefined ? [] : [`${what} ${new Date(seconds * 1_000).toISOString()}`],
  );
  return [told === "" ? "an entry" : told, ...times].join(", ");
}
