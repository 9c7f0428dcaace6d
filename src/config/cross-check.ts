import { z } from "zod";
import { checkCalendar } from "./check-calendar.ts";
import { checkPeople } from "./check-people.ts";
import { checkPolicies } from "./check-policies.ts";
import { environmentName } from "./field-schemas.ts";
import {
  checkContainers,
  checkCounted,
  checkJobs,
  checkTopology,
  checkTransports,
  emptyTopology,
  topologyOutline,
} from "./check-topology.ts";

/** Something wrong at a place in the file. */
export interface Found {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** As much of the file as the checks below need; whatever else is wrong is complained about by the schema. */
const outlineSchema = z
  .object({
    environments: z
      .record(
        z.string(),
        z
          .object({
            channel: z.string().optional().catch(undefined),
            ...topologyOutline,
          })
          .catch({ ...emptyTopology, channel: undefined }),
      )
      .catch({}),
  })
  .catch({ environments: {} });

type Outline = z.infer<typeof outlineSchema>["environments"];

/** What one key alone cannot tell: names of environments, two environments in one channel, a node named twice. */
export function crossCheck(plain: unknown): readonly Found[] {
  const { environments } = outlineSchema.parse(plain);
  return [
    badNames(environments),
    sharedChannels(environments),
    repeatedNodes(environments),
    unknownNames(environments),
    checkPeople(plain),
    checkPolicies(plain),
    checkCalendar(plain),
    Object.entries(environments).flatMap(([name, outline]) =>
      checkTopology(name, outline).concat(
        checkContainers(name, outline),
        checkCounted(name, outline),
        checkJobs(name, outline),
        checkTransports(name, outline),
      ),
    ),
  ].flat();
}

function badNames(environments: Outline): readonly Found[] {
  return Object.keys(environments).flatMap((name) => {
    const issues = environmentName.safeParse(name).error?.issues ?? [];
    return issues.map(({ message }) => ({ path: ["environments", name], message }));
  });
}

function sharedChannels(environments: Outline): readonly Found[] {
  const owners = new Map<string, string>();
  return Object.entries(environments).flatMap(([name, { channel }]) => {
    if (channel === undefined) return [];
    const owner = owners.get(channel);
    owners.set(channel, owner ?? name);
    if (owner === undefined) return [];
    const message = `the channel already belongs to ${owner}; give every environment its own`;
    return [{ path: ["environments", name, "channel"], message }];
  });
}

function repeatedNodes(environments: Outline): readonly Found[] {
  return Object.entries(environments).flatMap(([environment, { nodes, green }]) => {
    const places = [
      ...nodes.map(({ name }, index) => ({ name, path: ["nodes", index, "name"] })),
      ...(green?.nodes ?? []).map(({ name }, index) => ({ name, path: ["green", "nodes", index, "name"] })),
    ];
    const names = places.map(({ name }) => name);
    return places.flatMap(({ name, path }, index) => {
      if (name === undefined || names.indexOf(name) === index) return [];
      const message = "another node has this name; give every node its own";
      return [{ path: ["environments", environment, ...path], message }];
    });
  });
}

function unknownNames(environments: Outline): readonly Found[] {
  return Object.entries(environments).flatMap(([environment, outline]) =>
    (["preproduction", "copy_of"] as const).flatMap((key) => {
      const name = outline[key];
      if (name === undefined || (name !== environment && Object.hasOwn(environments, name))) return [];
      const others = Object.keys(environments).filter((other) => other !== environment);
      const message = `expected the name of another environment: ${others.join(", ")}`;
      return [{ path: ["environments", environment, key], message }];
    }),
  );
}
