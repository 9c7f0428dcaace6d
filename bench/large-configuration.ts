/** How many entities a large installation has (the issue's own figures), and consumers with a credential and a group. */
export const size = { services: 5_000, routes: 20_000, plugins: 60_000, consumers: 4_000 } as const;

/** The fields of an entity. */
export type Fields = Readonly<Record<string, unknown>>;

export const routesPerService = size.routes / size.services;
export const pluginsPerRoute = size.plugins / size.routes;

/** A service with everything that `deck dump` writes. */
export function service(index: number): Fields {
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

/** One route in four is a regular expression without `~`, as Kong below 3.0 has them; one in fifty has another trouble. */
export function route(index: number): Fields {
  return {
    name: `route-${index}`,
    paths: [pathOf(index)],
    methods: ["GET", "POST"],
    protocols: ["http", "https"],
    path_handling: index % 50 === 7 ? "v1" : "v0",
    strip_path: true,
    preserve_host: false,
    regex_priority: 0,
    https_redirect_status_code: 426,
  };
}

function pathOf(index: number): string {
  if (index % 4 === 0) return String.raw`/api/v\d+/resource-${index}`;
  return index % 50 === 9 ? `/api/caf%C3%A9/resource-${index}` : `/api/v1/resource-${index}`;
}

/** Seven plugins by turns; thousands of them have fields that 3.x removes, renames or gives another default. */
export function plugin(index: number): Fields {
  return { ...configured(index), enabled: true, protocols: ["grpc", "grpcs", "http", "https"] };
}

function configured(index: number): Fields {
  switch (index % 7) {
    case 0:
      return {
        name: "rate-limiting",
        config: { minute: 100 + (index % 50), policy: "local", fault_tolerant: true, limit_by: "consumer" },
      };
    case 1:
      return {
        name: "key-auth",
        config: { key_names: ["apikey"], hide_credentials: true, run_on_preflight: true, anonymous: null },
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
      };
    case 3:
      return {
        name: "acl",
        config: { [index % 3 === 0 ? "whitelist" : "allow"]: [`group-${index % 30}`], hide_groups_header: false },
      };
    case 4:
      return {
        name: "correlation-id",
        config: { header_name: "X-Request-Id", generator: "uuid", echo_downstream: true },
      };
    case 5:
      return {
        name: "pre-function",
        config: { access: [`kong.service.request.set_header("x-team", "team-${index % 40}")`] },
      };
    default:
      return {
        name: "request-transformer",
        config: { add: { headers: [`x-team:team-${index % 40}`] }, remove: { headers: ["x-internal"] } },
      };
  }
}

/** A consumer as decK nests it. */
export function consumer(index: number): Fields {
  return {
    username: `consumer-${index}`,
    custom_id: `crm-${100_000 + index}`,
    keyauth_credentials: [{ key: `bench-key-${String(index).padStart(24, "0")}` }],
    acls: [{ group: `group-${index % 30}` }],
  };
}

/** An id that is the same in every run. */
export function uuid(kind: number, index: number): string {
  return `${kind}0000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

/** The entities one by one, so that none of the programs has to hold all of them. */
export function* numbered(count: number, make: (index: number) => Fields, first = 0): Generator<Fields> {
  for (let index = first; index < first + count; index += 1) yield make(index);
}

/** Lists with ids, in which routes and plugins name what they belong to, as Kong's own export and its Admin API have them. */
export function flatLists(): readonly (readonly [string, Iterable<Fields>])[] {
  return [
    ["services", numbered(size.services, (index) => ({ ...stamped(1, index), ...service(index) }))],
    [
      "routes",
      numbered(size.routes, (index) => ({
        ...stamped(2, index),
        ...route(index),
        service: { id: uuid(1, index % size.services) },
      })),
    ],
    [
      "plugins",
      numbered(size.plugins, (index) => ({
        ...stamped(3, index),
        ...plugin(index),
        route: uuid(2, Math.floor(index / pluginsPerRoute)),
      })),
    ],
  ];
}

function stamped(kind: number, index: number): Fields {
  return { id: uuid(kind, index), created_at: 1_640_000_000 + index };
}

/** The lists of the same installation as an Admin API answers them: scopes are objects. */
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
