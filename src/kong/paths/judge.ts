import { formatVersion } from "#src/kong/version.ts";
import { judgeEditionChange } from "./change-edition.ts";
import { refuseCircumstances, refuseHops } from "./circumstances.ts";
import { findChain } from "./find-chain.ts";
import { sources } from "./question.ts";
import type { Hop, ReadQuestion, RefusalReason } from "./question.ts";
import { refuseDirection, refuseRunning, refuseTarget } from "./refuse-versions.ts";
import { sayGuaranteed } from "./steps.ts";

export type Judgement =
  | { readonly kind: "refused"; readonly refusal: RefusalReason }
  /** At least one hop; the last one ends at the wanted version. */
  | { readonly kind: "allowed"; readonly hops: readonly Hop[] };

/** The hops that a question comes to, or the first rule that forbids it; what is possible instead is looked for elsewhere. */
export function judge(question: ReadQuestion): Judgement {
  const { from, to, asked, edition } = question;
  const running = refuseRunning(from, asked.edition);
  if (running !== undefined) return { kind: "refused", refusal: running };
  if (edition !== asked.edition) return judgeWithEdition(question);
  const refusal = refuseDirection(question) ?? refuseTarget(to, edition) ?? refuseCircumstances(question);
  if (refusal !== undefined) return { kind: "refused", refusal };
  const hops = findChain(question);
  const obstacle = hops.length === 0 ? noPath(question) : refuseHops(hops, asked);
  return obstacle === undefined ? { kind: "allowed", hops } : { kind: "refused", refusal: obstacle };
}

function judgeWithEdition(question: ReadQuestion): Judgement {
  const judgement = judgeEditionChange(question);
  if (judgement.kind === "refused") return judgement;
  const refusal = refuseCircumstances(question);
  return refusal === undefined ? judgement : { kind: "refused", refusal };
}

/** E.g. where the database server is too old for the only stop. */
function noPath({ from, to, edition }: ReadQuestion): RefusalReason {
  return {
    code: "no_known_path",
    reason: `no chain of known steps leads from ${formatVersion(from)} to ${formatVersion(to)} with this database`,
    rule: sayGuaranteed(edition),
    source: sources.reference,
  };
}
