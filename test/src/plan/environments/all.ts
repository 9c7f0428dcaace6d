import { blueGreenSubject } from "./blue-green.ts";
import { cassandraCopySubject } from "./cassandra-copy.ts";
import { dualClusterSubject } from "./dual-cluster.ts";
import { freshDataStoreSubject } from "./fresh-data-store.ts";
import { helmSplitSubject, helmSubject } from "./helm.ts";
import { inPlaceSubject } from "./in-place.ts";
import { ossToEnterpriseSubject } from "./oss-to-enterprise.ts";
import { controlPlaneFirstSubject, rollingSubject } from "./rolling.ts";
import type { Subject } from "./subject.ts";

/** Every strategy under the tests that hold for all of them. */
export const subjects: readonly Subject[] = [
  inPlaceSubject,
  dualClusterSubject,
  blueGreenSubject,
  freshDataStoreSubject,
  cassandraCopySubject,
  ossToEnterpriseSubject,
  rollingSubject,
  controlPlaneFirstSubject,
  helmSubject,
  helmSplitSubject,
];
