import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { z } from "zod";

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
  const fresh = await freePorts(11);
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

async function areFree(ports: readonly number[]): Promise<boolean> {
  const taken = await Promise.all(
    ports.map((port) =>
      listenOn(port).then(
        (close) => close().then(() => false),
        () => true,
      ),
    ),
  );
  return !taken.includes(true);
}

/** All are held at once before any is released, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => listenOn(0)));
  const ports = held.map((close) => close.port);
  await Promise.all(held.map((close) => close()));
  return ports;
}

async function listenOn(port: number): Promise<(() => Promise<void>) & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the kernel gave no TCP port");
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return Object.assign(close, { port: address.port });
}
