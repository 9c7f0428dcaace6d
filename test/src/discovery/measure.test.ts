import { expect, test } from "vitest";
import { measure } from "#src/discovery/measure.ts";
import { countDifferences, fingerprintDifferences } from "#src/plan/compare-measurements.ts";
import { startInstallation } from "./installation.ts";
import type { Installation } from "./installation.ts";

const metrics = { requests: 200, errors: 3, error_rate: 0.015 };

function measureNow({ environment, ports }: Installation): ReturnType<typeof measure> {
  return measure(environment, { ...ports, fetchJson: () => Promise.resolve({ status: 200, body: metrics }) });
}

test("the baseline holds counts, a digest per table and the error rate", async () => {
  await using installation = await startInstallation();
  const baseline = await measureNow(installation);
  expect(baseline.counts).toStrictEqual({ routes: 3, services: 0 });
  expect(Object.keys(baseline.fingerprint ?? {})).toStrictEqual(["routes", "services"]);
  expect(baseline.errorRate).toStrictEqual({ requests: 200, errors: 3, rate: 0.015 });
});

test("what changes by itself is no drift, a deleted row is", async () => {
  await using installation = await startInstallation();
  const before = await measureNow(installation);
  await installation.sql(`
    insert into cluster_events values (gen_random_uuid(), now());
    insert into locks values ('migrations', 'x', now());
    update routes set updated_at = now() + interval '1 hour';
  `);
  expect(fingerprintDifferences(before, await measureNow(installation))).toStrictEqual([]);
  await installation.sql("delete from routes where name = 'route-1'");
  const after = await measureNow(installation);
  expect(fingerprintDifferences(before, after)).toStrictEqual(["routes"]);
  expect(countDifferences(before, after)).toStrictEqual(["routes: 3 before, 2 now"]);
});

test("the order of rows does not matter", async () => {
  await using installation = await startInstallation();
  const before = await measureNow(installation);
  await installation.sql(
    "create table copy as select * from routes; truncate routes; insert into routes select * from copy order by name desc; drop table copy",
  );
  expect(fingerprintDifferences(before, await measureNow(installation))).toStrictEqual([]);
});

test("one changed value, a new table and a dropped table are drift", async () => {
  await using installation = await startInstallation();
  const before = await measureNow(installation);
  await installation.sql(
    "update routes set paths = array['/other'] where name = 'route-2'; drop table services; create table keys (id uuid)",
  );
  const after = await measureNow(installation);
  expect(fingerprintDifferences(before, after)).toStrictEqual(["keys", "routes", "services"]);
  expect(countDifferences(before, after)).toStrictEqual(["services: 0 before, no such table now"]);
  expect(countDifferences(before, after, ["services"])).toStrictEqual([]);
});

test("metrics that cannot be read are an error, not a missing figure", async () => {
  await using installation = await startInstallation();
  const { environment, ports } = installation;
  const broken = { ...ports, fetchJson: () => Promise.resolve({ status: 200, body: { requests: "many" } }) };
  await expect(measure(environment, broken)).rejects.toThrow(/without \{requests, errors, error_rate\}/u);
});
