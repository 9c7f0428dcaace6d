import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  consumer,
  flatLists,
  numbered,
  plugin,
  pluginsPerRoute,
  route,
  routesPerService,
  service,
  size,
  uuid,
} from "./large-configuration.ts";
import type { Fields } from "./large-configuration.ts";
import { yamlItem } from "./yaml-text.ts";

/** How an installation is written: every field that the tool or the person would write, and none of them clean. */
export const shapes = [
  "nested.yml",
  "db-export.yml",
  "deck-dump.yml",
  "flow-lists.yml",
  "compact.json",
  "indented.json",
  "split",
] as const;
export type Shape = (typeof shapes)[number];

/** Files of the shape `split`. */
export const splitFiles = Array.from({ length: 50 }, (_, index) => `part-${String(index + 1).padStart(2, "0")}.yml`);

type Write = (text: string) => Promise<void>;

/** Writes a file, or the folder `split`. */
export async function writeConfiguration(path: string, shape: Shape): Promise<void> {
  if (shape !== "split") return writeFile(path, (write) => writeShape(write, shape));
  await mkdir(path);
  const each = size.services / splitFiles.length;
  for (const [index, name] of splitFiles.entries())
    await writeFile(join(path, name), (write) => writeServices(write, numbered(each, nestedService, index * each)));
  return undefined;
}

async function writeShape(write: Write, shape: Exclude<Shape, "split">): Promise<void> {
  switch (shape) {
    case "nested.yml":
      return writeServices(write, numbered(size.services, nestedService));
    case "flow-lists.yml":
      // As people and templates write it: lists of words in brackets.
      await write(`_format_version: "1.1"\nservices:\n`);
      for (const each of numbered(size.services, nestedService)) await write(yamlItem(each, "flow"));
      return undefined;
    case "deck-dump.yml":
      return writeDeckDump(write);
    case "db-export.yml":
      return writeDatabaseExport(write);
    case "compact.json":
      return write(JSON.stringify(flatConfiguration()));
    case "indented.json":
      return write(JSON.stringify(nestedConfiguration(), null, 2));
  }
}

async function writeServices(write: Write, services: Iterable<Fields>): Promise<void> {
  await write(`_format_version: "1.1"\nservices:\n`);
  for (const each of services) await write(yamlItem(each));
}

/** decK writes keys in alphabetical order, ids with `--with-id`, and tags. */
async function writeDeckDump(write: Write): Promise<void> {
  await write(`_format_version: "1.1"\n_info:\n  select_tags:\n  - bench\n`);
  await write("consumers:\n");
  for (const each of numbered(size.consumers, consumer)) await write(yamlItem(tagged(4, each)));
  await write("services:\n");
  for (const each of numbered(size.services, nestedService)) await write(yamlItem(tagged(1, each)));
}

function tagged(kind: number, fields: Fields): Fields {
  const number = Number(/\d+$/u.exec(String(fields["name"] ?? fields["username"]))?.[0] ?? 0);
  const inside = Object.entries(fields).map(([name, value]) => [
    name,
    name === "routes" && Array.isArray(value) ? value.map((each: Fields) => tagged(2, each)) : value,
  ]);
  const all = { ...Object.fromEntries(inside), id: uuid(kind, number), tags: ["bench", `team-${number % 40}`] };
  return Object.fromEntries(Object.entries(all).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** `kong config db_export` of 2.8 writes flat lists with ids, times, and null for every field without a value. */
async function writeDatabaseExport(write: Write): Promise<void> {
  await write(`_format_version: "1.1"\n_transform: false\n`);
  for (const [list, items] of flatLists()) {
    await write(`${list}:\n`);
    for (const item of items) await write(yamlItem({ ...item, ...unset[list] }));
  }
}

const unset: Readonly<Record<string, Fields>> = {
  services: { tags: null, client_certificate: null, tls_verify: null, tls_verify_depth: null, ca_certificates: null },
  routes: { tags: null, hosts: null, headers: null, snis: null, sources: null, destinations: null },
  plugins: { tags: null, service: null, consumer: null },
};

function flatConfiguration(): Fields {
  return {
    _format_version: "1.1",
    ...Object.fromEntries(flatLists().map(([list, items]) => [list, [...items]])),
  };
}

function nestedConfiguration(): Fields {
  return { _format_version: "1.1", services: [...numbered(size.services, nestedService)] };
}

function nestedService(index: number): Fields {
  const routes = Array.from({ length: routesPerService }, (_, each) => {
    const number = index * routesPerService + each;
    const plugins = Array.from({ length: pluginsPerRoute }, (__, which) => plugin(number * pluginsPerRoute + which));
    return { ...route(number), plugins };
  });
  return { ...service(index), routes };
}

async function writeFile(path: string, content: (write: Write) => Promise<void>): Promise<void> {
  const out = createWriteStream(path);
  await content(async (text) => {
    if (!out.write(text)) await once(out, "drain");
  });
  out.end();
  await once(out, "finish");
}
