import { z } from "zod";
import type { KongNode } from "#src/plan/kong-node.ts";
import { describeAnswer } from "./admin-client.ts";
import type { AdminClient } from "./admin-client.ts";

/** `GET /licenses` keeps each licence as a JSON text in `payload` (Kong Enterprise Admin API). */
const licencesSchema = z.object({ data: z.array(z.object({ id: z.string().optional(), payload: z.string() })) });

const payloadSchema = z.object({
  license: z.object({ payload: z.object({ license_expiration_date: z.string() }) }),
});

/** The end of the licence that lasts longest as an ISO day, or `none`; undefined on OSS, which has no such call. */
export async function readLicence(node: KongNode, admin: AdminClient): Promise<string | undefined> {
  const answer = await admin.ask(node, "/licenses");
  if (answer.status === 404) return undefined;
  const licences = licencesSchema.safeParse(answer.body);
  if (answer.status !== 200 || !licences.success) throw new Error(`GET /licenses answered ${describeAnswer(answer)}`);
  const ends = licences.data.data.flatMap(({ payload }) => endOf(payload) ?? []).toSorted();
  if (ends.length === 0 && licences.data.data.length > 0)
    throw new Error("GET /licenses holds no end date that is understood");
  return ends.at(-1) ?? "none";
}

/** Kong writes days without leading zeros too, e.g. `2027-7-20`. */
function endOf(payload: string): string | undefined {
  const parsed = payloadSchema.safeParse(parseJson(payload));
  if (!parsed.success) return undefined;
  const [, year = "", month = "", day = ""] =
    /^(\d{4})-(\d{1,2})-(\d{1,2})/u.exec(parsed.data.license.payload.license_expiration_date) ?? [];
  return year === "" ? undefined : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A payload that is no JSON tells no end; the caller says so.
    return undefined;
  }
}
