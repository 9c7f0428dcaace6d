import { cassandraIn, numbered } from "./release-line.ts";
import type { ReleaseLine } from "./release-line.ts";

const source =
  "Kong developer docs, app/_data/support/gateway.yml, app/_data/products/gateway.yml and app/_data/changelogs/gateway.json (August 2026)";

const ltsMinors: ReadonlySet<string> = new Set(["2.8", "3.4", "3.10", "3.14"]);

/** The oldest PostgreSQL that the start check of the code below lets pass (Kong/kong kong/constants.lua). */
const codeMinPostgres = "9.5";

/** Minor, released, end of full support, end of sunset, and the oldest and newest PostgreSQL in Kong's tested list. */
const lines = [
  ["1.3", "2019-11-05", "2020-11-04", "2021-11-04", undefined],
  ["1.5", "2020-04-10", "2021-04-09", "2022-04-09", undefined],
  ["2.1", "2020-08-25", "2022-08-24", "2023-08-24", undefined],
  ["2.2", "2020-11-17", "2022-08-24", "2023-08-24", undefined],
  ["2.3", "2021-02-11", "2022-08-24", "2023-08-24", undefined],
  ["2.4", "2021-05-18", "2022-08-24", "2023-08-24", undefined],
  ["2.5", "2021-08-03", "2022-08-24", "2023-08-24", undefined],
  ["2.6", "2021-10-14", "2023-02-24", "2024-08-24", undefined],
  ["2.7", "2021-12-16", "2023-02-24", "2024-08-24", undefined],
  ["2.8", "2022-03-02", "2025-03-26", "2026-03-26", [12, 15]],
  ["3.0", "2022-09-09", "2023-09-09", "2024-09-09", undefined],
  ["3.1", "2022-12-06", "2023-12-06", "2024-12-06", undefined],
  ["3.2", "2023-02-28", "2024-02-28", "2025-02-28", [12, 15]],
  ["3.3", "2023-05-19", "2024-05-19", "2025-05-19", [12, 15]],
  ["3.4", "2023-08-09", "2026-08-31", "2027-08-31", [12, 16]],
  ["3.5", "2023-11-08", "2024-11-08", "2025-11-08", [12, 16]],
  ["3.6", "2024-02-12", "2025-02-12", "2026-02-12", [12, 16]],
  ["3.7", "2024-05-28", "2025-05-28", "2026-05-28", [12, 16]],
  ["3.8", "2024-09-11", "2025-09-11", "2026-09-11", [12, 16]],
  // Released on 2025-01-08 by the support data and on 2024-12-12 by the changelog; its support ends a year after the latter.
  ["3.9", "2025-01-08", "2025-12-12", "2026-12-12", [13, 17]],
  ["3.10", "2025-03-27", "2028-03-31", "2029-03-31", [13, 17]],
  ["3.11", "2025-07-03", "2026-07-03", "2027-07-03", [13, 17]],
  ["3.12", "2025-10-01", "2026-10-01", "2027-10-01", [13, 17]],
  ["3.13", "2025-12-18", "2026-12-18", "2027-12-18", [13, 17]],
  ["3.14", "2026-04-07", "2029-04-07", "2030-04-07", [13, 17]],
  ["3.15", "2026-07-02", "2027-07-02", "2028-07-02", [13, 17]],
] as const;

/**
 * Releases by their first three numbers, with the first and last Enterprise patch; all patches in between exist. 3.1.1.1 is
 * missing in Kong's changelog and named in its upgrade reference. No list is known for 2.7 and older.
 */
const patches = [
  ["2.8.0", 0, 0],
  ["2.8.1", 0, 4],
  ["2.8.2", 0, 4],
  ["2.8.4", 0, 14],
  ["3.0.0", 0, 0],
  ["3.0.1", 0, 0],
  ["3.1.0", 0, 0],
  ["3.1.1", 1, 6],
  ["3.2.1", 0, 0],
  ["3.2.2", 0, 5],
  ["3.3.0", 0, 0],
  ["3.3.1", 0, 1],
  ["3.4.0", 0, 0],
  ["3.4.1", 0, 1],
  ["3.4.2", 0, 0],
  ["3.4.3", 1, 29],
  ["3.5.0", 0, 7],
  ["3.6.0", 0, 0],
  ["3.6.1", 0, 8],
  ["3.7.0", 0, 0],
  ["3.7.1", 0, 5],
  ["3.8.0", 0, 0],
  ["3.8.1", 0, 2],
  ["3.9.0", 0, 1],
  ["3.9.1", 0, 2],
  ["3.10.0", 0, 17],
  ["3.11.0", 0, 14],
  ["3.12.0", 0, 11],
  ["3.13.0", 0, 10],
  ["3.14.0", 0, 13],
  ["3.15.0", 0, 4],
] as const;

/** Every line of Kong Enterprise from 1.3 on, oldest first; 1.x and 2.x up to 2.7 only as places to come from. */
export const enterpriseLines: readonly ReleaseLine[] = lines.map(
  ([minor, releasedOn, endOfSupport, endOfSunset, tested]): ReleaseLine => {
    const [major = 0, number = 0] = minor.split(".").map(Number);
    return {
      minor,
      edition: "enterprise",
      releases: patches.flatMap(([start, first, last]) =>
        start.startsWith(`${minor}.`) ? numbered(start, first, last) : [],
      ),
      isLts: ltsMinors.has(minor),
      releasedOn,
      endOfSupport,
      endOfSunset,
      minPostgres: tested === undefined ? codeMinPostgres : String(tested[0]),
      testedPostgres: tested === undefined ? [] : majors(tested[0], tested[1]),
      cassandra: cassandraIn(major, number),
      source,
    };
  },
);

function majors(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
