import { cassandraIn, numbered } from "./release-line.ts";
import type { ReleaseLine } from "./release-line.ts";

const source = "Kong/kong release tags; PostgreSQL minimum from kong/constants.lua (9.5 in 2.1 to 3.9)";

/**
 * Minor, last patch, day of the first release. Every line begins with patch 0 and has all patches in between; 3.9 is the
 * last OSS line (Kong/kong tags up to 3.9.3 of June 2026: no 3.10).
 */
const lines = [
  ["2.1", 4, "2020-07-16"],
  ["2.2", 2, "2020-10-26"],
  ["2.3", 4, "2021-01-12"],
  ["2.4", 2, "2021-04-13"],
  ["2.5", 2, "2021-07-13"],
  ["2.6", 1, "2021-09-28"],
  ["2.7", 2, "2021-12-15"],
  ["2.8", 5, "2022-03-01"],
  ["3.0", 2, "2022-09-12"],
  ["3.1", 1, "2022-12-06"],
  ["3.2", 2, "2023-02-20"],
  ["3.3", 1, "2023-05-18"],
  ["3.4", 2, "2023-08-09"],
  ["3.5", 0, "2023-11-08"],
  ["3.6", 1, "2024-02-09"],
  ["3.7", 1, "2024-05-28"],
  ["3.8", 1, "2024-09-09"],
  ["3.9", 3, "2024-12-13"],
] as const;

/** Lines that an installation may still run, but that nobody should go to. */
const startLines = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "2.0"] as const;

/** Every line of Kong OSS from 1.0 on, oldest first. */
export const ossLines: readonly ReleaseLine[] = [
  ...startLines.map((minor) => line(minor, [], undefined)),
  ...lines.map(([minor, last, releasedOn]) => line(minor, numbered(minor, 0, last), releasedOn)),
];

function line(minor: string, releases: readonly string[], releasedOn: string | undefined): ReleaseLine {
  const [major = 0, number = 0] = minor.split(".").map(Number);
  return {
    minor,
    edition: "oss",
    releases,
    isLts: minor === "2.8" || minor === "3.4",
    releasedOn,
    endOfSupport: undefined,
    endOfSunset: undefined,
    minPostgres: "9.5",
    testedPostgres: [],
    cassandra: cassandraIn(major, number),
    source,
  };
}
