import { z } from "zod";
import { nearest } from "#src/kernel/nearest.ts";
import { liftedBy } from "./calendar-schema.ts";
import { knownPeople } from "./check-people.ts";
import type { Known } from "./check-people.ts";
import { unknownNames } from "./check-policies.ts";
import type { Found } from "./cross-check.ts";

const outlineSchema = z
  .object({
    environments: z.record(z.string(), z.object({ windows_lifted_by: z.unknown() }).partial().catch({})).catch({}),
    freezes: z
      .array(
        z
          .object({ name: z.unknown(), lifted_by: z.unknown(), except: z.array(z.unknown()).catch([]) })
          .partial()
          .catch({}),
      )
      .catch([]),
  })
  .catch({ environments: {}, freezes: [] });

/** Freezes and windows: names that nothing has, and two freezes of one name, which a lift could not tell apart. */
export function checkCalendar(plain: unknown): readonly Found[] {
  const known = knownPeople(plain);
  const { environments, freezes } = outlineSchema.parse(plain);
  const names = Object.keys(environments);
  return [
    Object.entries(environments).flatMap(([name, outline]) =>
      unknownLifters(outline.windows_lifted_by, ["environments", name, "windows_lifted_by"], known),
    ),
    freezes.flatMap(({ name, lifted_by: lifters, except = [] }, index) => {
      const path = ["freezes", index];
      const isRepeated = freezes.findIndex((other) => other.name === name) < index && name !== undefined;
      return [
        isRepeated ? [{ path: [...path, "name"], message: "another freeze has this name; give each its own" }] : [],
        unknownLifters(lifters, [...path, "lifted_by"], known),
        except.flatMap((each, place) => unknownEnvironment(each, [...path, "except", place], names)),
      ].flat();
    }),
  ].flat();
}

function unknownLifters(written: unknown, path: readonly PropertyKey[], known: Known): readonly Found[] {
  const read = liftedBy.safeParse(written);
  return read.success ? unknownNames(read.data ?? [], path, known) : [];
}

function unknownEnvironment(name: unknown, path: readonly PropertyKey[], names: readonly string[]): readonly Found[] {
  if (typeof name !== "string" || names.includes(name)) return [];
  const near = nearest(name, names);
  return [
    { path, message: `there is no environment of this name${near === undefined ? "" : `; did you mean ${near}?`}` },
  ];
}
