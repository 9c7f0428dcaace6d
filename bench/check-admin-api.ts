import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Bench } from "./bench.ts";
import { answeredLists } from "./large-configuration.ts";

/** Kong's own maximum for `size`. */
const pageSize = 1_000;

/** A check of the largest installation over its Admin API: pages of 1,000, several lists at a time. */
export const checkAdminApi: Bench = {
  name: "check-admin-api",
  title: "Check of 20,000 routes, 5,000 services and 60,000 plugins over the Admin API",
  async prepare() {
    const url = await serve(answers());
    const floor = "take all pages apart";
    return [
      { name: floor, program: [pathOf("programs/take-pages.ts"), url] },
      {
        name: "kong-upgrade check --admin",
        program: [pathOf("../bin/kong-upgrade.js"), "check", "--to", "3.4.2", "--admin", url, "--format", "json"],
        floor,
      },
    ];
  },
};

/** Every answer by its address, made once: the server's own work must not be measured. */
function answers(): ReadonlyMap<string, Buffer> {
  const root = {
    version: "2.8.5",
    configuration: { database: "postgres", role: "traditional" },
    plugins: { available_on_server: { "rate-limiting": true, "key-auth": true, "http-log": true } },
  };
  const all: [string, unknown][] = [
    ["/", root],
    ["/status", { database: { reachable: true } }],
  ];
  for (const [list, items] of [...answeredLists(), ["upstreams", []] as const]) {
    for (let start = 0; start === 0 || start < items.length; start += pageSize) {
      const next = start + pageSize < items.length ? { offset: String(start + pageSize) } : {};
      const address = `/${list}?size=${pageSize}${start === 0 ? "" : `&offset=${start}`}`;
      all.push([address, { data: items.slice(start, start + pageSize), next: null, ...next }]);
    }
  }
  return new Map(all.map(([address, body]) => [address, Buffer.from(JSON.stringify(body))]));
}

const boundSchema = z.object({ port: z.number() });

/** An Admin API in this process, which does not keep the bench from ending. */
async function serve(bodies: ReadonlyMap<string, Buffer>): Promise<string> {
  const server = createServer((request, response) => {
    const body = bodies.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(body ?? '{"message":"Not found"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return `http://127.0.0.1:${boundSchema.parse(server.address()).port}`;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
