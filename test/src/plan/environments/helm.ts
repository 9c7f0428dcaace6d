import fc from "fast-check";
import { singleReleases, splitReleases } from "./cluster.ts";
import type { Subject } from "./subject.ts";
import { orders } from "./wishes.ts";

const ordered = (givens: typeof singleReleases): Subject["givens"] =>
  fc.tuple(givens, orders).map(([given, order]) => Object.assign({ order }, given));

export const helmSubject: Subject = {
  strategy: "helm",
  givens: ordered(singleReleases),
  backup: "restored",
  golden: [],
  classAndWayBack: "helm.property.test.ts",
};

export const helmSplitSubject: Subject = {
  strategy: "helm-split",
  givens: ordered(splitReleases),
  backup: "restored",
  golden: [],
  classAndWayBack: "helm.property.test.ts",
};
