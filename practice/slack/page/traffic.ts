import { asFields, listAt, numberAt, textAt } from "./json.ts";

/** One line of the traffic between workspace and app; sizes in bytes, `ms` is undefined where no time is taken. */
export type Traffic = {
  readonly n: number;
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  readonly ms: number | undefined;
  readonly status: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly request: unknown;
  readonly response: unknown;
};

/** Reads the answer of `GET /practice/traffic`. */
export function readTraffic(raw: unknown): readonly Traffic[] {
  return listAt(asFields(raw), "entries").map((entry) => ({
    n: numberAt(entry, "n"),
    at: numberAt(entry, "at"),
    kind: textAt(entry, "kind"),
    name: textAt(entry, "name"),
    ms: typeof entry["ms"] === "number" ? entry["ms"] : undefined,
    status: textAt(entry, "status"),
    bytesIn: numberAt(entry, "bytes_in"),
    bytesOut: numberAt(entry, "bytes_out"),
    request: entry["request"],
    response: entry["response"],
  }));
}
