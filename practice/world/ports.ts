import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { areFree, freePorts } from "./free-ports.ts";

const nodePorts = z.object({ proxy: z.number(), admin: z.number(), status: z.number() });
const portsSchema = z.object({
  "kong-1": nodePorts,
  "kong-2": nodePorts,
  "kong-old": nodePorts,
  upstream: z.number(),
  traffic: z.number(),
});
/** Every port of the simulated world but the page's; kept in the data directory so that addresses stay the same. */
export type Ports = Readonly<z.infer<typeof portsSchema>>;

/**
 * The ports of the last start where they are all still free, or taken by gateways of ours that were left serving;
 * new ones otherwise. An open upgrade knows its nodes by these addresses, so they change only when they must.
 */
export async function reservePorts(file: string, left: readonly string[]): Promise<Ports> {
  const kept = portsSchema.safeParse(await readFile(file, "utf8").then(parseJson, () => undefined));
  if (kept.success && (await areFree(flatten(kept.data, left)))) return kept.data;
  const fresh = [...(await freePorts(11))];
  const take = (): number => {
    const port = fresh.pop();
    if (port === undefined) throw new Error("too few ports were reserved");
    return port;
  };
  const node = () => ({ proxy: take(), admin: take(), status: take() });
  const ports: Ports = { "kong-1": node(), "kong-2": node(), "kong-old": node(), upstream: take(), traffic: take() };
  await writeFile(file, `${JSON.stringify(ports, undefined, 2)}\n`);
  return ports;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flatten(ports: Ports, left: readonly string[]): readonly number[] {
  return Object.entries(ports).flatMap(([name, entry]) => {
    if (left.includes(name)) return [];
    return typeof entry === "number" ? [entry] : Object.values(entry);
  });
}
