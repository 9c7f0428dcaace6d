import fc from "fast-check";

/** Any value that a field of a configuration can have. */
const scalar = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "yes",
    "off",
    "null",
    "~",
    "1.0",
    "0x1f",
    "~/a$",
    "a: b",
    "- a",
    "#x",
    "*.example",
    "&a",
    "{x}",
    "it's",
    'a "b"',
    "\\d+",
    "a\nb\n",
    " a ",
    "",
    "é",
    "😀",
    "=",
    "<<",
    "__x",
  ),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((number) => !Object.is(number, -0)),
  fc.boolean(),
  fc.constant(null),
);

const key = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/u),
  fc.constantFrom("a b", "a:b", "1", "yes", "é", "x-y.z/w"),
);

const config = fc.letrec<{ readonly value: unknown; readonly mapping: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie("value"), { maxLength: 3 }), tie("mapping")),
  mapping: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
})).mapping;

const name = fc.stringMatching(/^[a-z][a-z0-9 .~_-]{0,10}[a-z0-9]$/u);
const plugin = fc.record({ name, config, enabled: fc.boolean() });
const route = fc.record({
  name,
  paths: fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }),
  plugins: fc.array(plugin, { maxLength: 2 }),
});
const service = fc.record({
  name,
  host: name,
  port: fc.nat(),
  routes: fc.array(route, { maxLength: 2 }),
  plugins: fc.array(plugin, { maxLength: 2 }),
});

/** A declarative configuration with entities inside each other and beside each other. */
export const anyConfiguration = fc.record({
  _format_version: fc.constantFrom("1.1", "2.1", "3.0"),
  services: fc.array(service, { maxLength: 4 }),
  routes: fc.array(route, { maxLength: 3 }),
  plugins: fc.array(plugin, { maxLength: 4 }),
  upstreams: fc.array(
    fc.record({ name, targets: fc.array(fc.record({ target: name, weight: fc.nat() }), { maxLength: 2 }) }),
    { maxLength: 2 },
  ),
});
