import fc from "fast-check";
import { dataPlaneEnvironments, dblessEnvironments, hybridEnvironments } from "./hybrid-and-dbless.ts";
import { orders } from "./wishes.ts";
import type { Given, Subject } from "./subject.ts";

type Unordered = Omit<Given, "order">;

const ordered = (givens: fc.Arbitrary<Unordered>): fc.Arbitrary<Given> =>
  fc.tuple(givens, orders).map(([given, order]) => Object.assign({ order }, given));

export const rollingSubject: Subject = {
  strategy: "rolling",
  givens: ordered(fc.oneof(dblessEnvironments, dataPlaneEnvironments)),
  backup: /Going back costs no data/u,
  golden: [],
  classAndWayBack: "rolling.property.test.ts",
};

export const controlPlaneFirstSubject: Subject = {
  strategy: "control-plane-first",
  givens: ordered(hybridEnvironments),
  backup: "restored",
  golden: [],
  classAndWayBack: "rolling.property.test.ts",
};
