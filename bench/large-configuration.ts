import { createWriteStream } from "node:fs";
import { once } from "node:events";

/** How many entities a large installation has (the issue's own figures). */
export const size = { services: 5_000, routes: 20_000, plugins: 60_000 } as const;

/** How a large declarative file is written. */
export const shapes = ["nested.yml", "flat.yml", "compact.json"] as const;
export type Shape = (typeof shapes)[number];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Writes a declarative file as `deck dump` and `kong config db_export` make them: nested as decK does it, or flat with
 * references and ids; every field that a person or a dump writes, regular expressions among the paths, four plugins by turns.
 */
export async function writeConfiguration(path: string, shape: Shape): Promise<void> {
  const out = createWriteStream(path);
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, "drain");
  };
  switch (shape) {
    case "nested.yml":
      await write(`_format_version: "1.1"\nservices:\n`);
      for (let index = 0; index < size.services; index += 1) await write(yamlItem(nestedService(index)));
      break;
    case "flat.yml":
      await write(`_format_version: "2.1"\n_transform: false\n`);
      for (const [list, items] of flatLists()) {
        await write(`${list}:\n`);
        for (const item of items) await write(yamlItem(item));
      }
      break;
    case "compact.json":
      await write(
        JSON.stringify({
          _format_version: "3.0",
          ...Object.fromEntries(flatLists().map(([list, items]) => [list, [...items]])),
        }),
      );
      break;
  }
  out.end();
  await once(out, "finish");
}

/** The lists of the same installation as an Admin API answers them: with ids, and scopes as objects. */
export function answeredLists(): ReadonlyMap<string, readonly unknown[]> {
  return new Map(
    flatLists().map(([list, items]) => [
      list,
      Array.from(items, (item) =>
        list === "plugins" ? Object.assign({}, item, { route: { id: item["route"] } }) : item,
      ),
    ]),
  );
}

function flatLists(): readonly (readonly [string, Iterable<Fields>])[] {
  return [
    ["services", numbered(size.services, (index) => ({ id: uuid(1, index), ...service(index) }))],
    [
      "routes",
      numbered(size.routes, (index) => ({
        id: uuid(2, index),
        ...route(index),
        service: { id: uuid(1, index % size.services) },
      })),
    ],
    [
      "plugins",
      numbered(size.plugins, (index) => ({
        id: uuid(3, index),
        ...plugin(index),
        route: uuid(2, Math.floor(index / 3)),
      })),
    ],
  ];
}

function* numbered(count: number, make: (index: number) => Fields): Generator<Fields> {
  for (let index = 0; index < count; index += 1) yield make(index);
}

const routesPerService = size.routes / size.services;
const pluginsPerRoute = size.plugins / size.routes;

function nestedService(index: number): Fields {
  const routes = Array.from({ length: routesPerService }, (_, each) => {
    const number = index * routesPerService + each;
    const plugins = Array.from({ length: pluginsPerRoute }, (__, which) => plugin(number * pluginsPerRoute + which));
    return { ...route(number), plugins };
  });
  return { ...service(index), routes };
}

function service(index: number): Fields {
  return {
    name: `service-${index}`,
    host: `svc-${index}.internal.example`,
    port: 8080,
    protocol: "http",
    path: `/v${index % 3}`,
    connect_timeout: 60_000,
    read_timeout: 60_000,
    write_timeout: 60_000,
    retries: 5,
  };
}

function route(index: number): Fields {
  return {
    name: `route-${index}`,
    // One in ten is a regular expression without `~`, as Kong below 3.0 has them.
    paths: [index % 10 === 0 ? String.raw`/api/v\d+/resource-${index}` : `/api/v1/resource-${index}`],
    methods: ["GET", "POST"],
    protocols: ["http", "https"],
    strip_path: true,
    preserve_host: false,
    regex_priority: 0,
    https_redirect_status_code: 426,
  };
}

function plugin(index: number): Fields {
  const rest = { enabled: true, protocols: ["grpc", "grpcs", "http", "https"] };
  switch (index % 4) {
    case 0:
      return {
        name: "rate-limiting",
        config: { minute: 100 + (index % 50), policy: "local", fault_tolerant: true, limit_by: "consumer" },
        ...rest,
      };
    case 1:
      return {
        name: "key-auth",
        config: { key_names: ["apikey"], hide_credentials: true, run_on_preflight: true, anonymous: null },
        ...rest,
      };
    case 2:
      return {
        name: "http-log",
        config: {
          http_endpoint: `http://log-${index % 20}.example/in`,
          method: "POST",
          timeout: 10_000,
          retry_count: 10,
          queue_size: 1,
          flush_timeout: 2,
        },
        ...rest,
      };
    default:
      return {
        name: "request-transformer",
        config: { add: { headers: [`x-team:team-${index % 40}`] }, remove: { headers: ["x-internal"] } },
        ...rest,
      };
  }
}

function uuid(kind: number, index: number): string {
  return `${kind}0000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

/** An item of a block list, in the style of decK's files. */
function yamlItem(fields: Fields): string {
  return `- ${yamlFields(fields, "  ").slice(2)}`;
}

function yamlFields(fields: Fields, indent: string): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      if (Array.isArray(value))
        return `${indent}${name}:\n${value.map((item: unknown) => yamlListItem(item, indent)).join("")}`;
      if (isFields(value)) return `${indent}${name}:\n${yamlFields(value, `${indent}  `)}`;
      return `${indent}${name}: ${yamlScalar(value)}\n`;
    })
    .join("");
}

function yamlListItem(item: unknown, indent: string): string {
  if (!isFields(item)) return `${indent}- ${yamlScalar(item)}\n`;
  return `${indent}- ${yamlFields(item, `${indent}  `).slice(indent.length + 2)}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function yamlScalar(value: unknown): string {
  return typeof value === "string" && !/^[A-Za-z/][\w./:-]*$/u.test(value) ? JSON.stringify(value) : String(value);
}
