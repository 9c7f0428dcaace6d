import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import type { Evidence, Finding } from "#src/kong/finding.ts";
import type { Input, Inventory } from "#src/kong/inventory.ts";
import { applicability } from "./applies.ts";
import { makeContext } from "./context.ts";
import type { Context } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { evidenceOf, maxEvidence } from "./evidence.ts";
import type { Hop } from "./hop.ts";
import { notCheckedOf, undecidedFindings } from "./not-checked.ts";
import type { NotChecked } from "./not-checked.ts";
import { compareFindings } from "./rank.ts";
import { concerns } from "./select.ts";
import { allOf, anyOf, listAll } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** What an upgrade would meet in an installation. */
export interface Judgement {
  /** Ranked: what is hit, then what could not be decided, then what only people can answer. */
  readonly findings: readonly Finding[];
  /** By input, the hazards that could not be decided without it; the rest of the catalogue was decided. */
  readonly notChecked: readonly NotChecked[];
}

/** Judges every hazard that one upgrade brings. Nothing is left out silently: it hits, does not hit, is asked, or is listed. */
export function assess(
  inventory: Inventory,
  hop: Hop,
  hazards: readonly Hazard[] = catalogue,
  evidencePerFinding: number = maxEvidence,
): Judgement {
  return assessWay(inventory, [hop], hazards, evidencePerFinding);
}

/**
 * Judges every hazard that a way of several upgrades brings, each once, with what it hits at the first stop where it does.
 * Known issues count only at versions where the way stops.
 */
export function assessWay(
  inventory: Inventory,
  hops: readonly Hop[],
  hazards: readonly Hazard[] = catalogue,
  evidencePerFinding: number = maxEvidence,
): Judgement {
  const contexts = hops.map((hop) => makeContext(inventory, hop));
  const findings: Finding[] = [];
  const undecided = new Map<Input, Hazard[]>();
  for (const hazard of hazards) {
    const verdict = judge(hazard, contexts);
    if (verdict.kind === "holds") findings.push(findingOf(hazard, verdict, evidencePerFinding));
    if (verdict.kind !== "open") continue;
    if (verdict.questions.length > 0) findings.push(questionOf(hazard, verdict, evidencePerFinding));
    for (const input of verdict.inputs) undecided.set(input, [...(undecided.get(input) ?? []), hazard]);
  }
  findings.push(...undecidedFindings(undecided, inventory));
  return { findings: findings.toSorted(compareFindings), notChecked: notCheckedOf(undecided, inventory) };
}

function judge(hazard: Hazard, contexts: readonly Context[]): Verdict {
  const concerned = contexts.filter((context) => concerns(hazard, context.hop));
  const verdicts = concerned.map((context) => judgeHere(hazard, context));
  return verdicts.find(({ kind }) => kind === "holds") ?? anyOf(verdicts);
}

function judgeHere({ applies, when }: Hazard, context: Context): Verdict {
  const limits = applicability(applies, context);
  if (limits.kind === "fails") return limits;
  const verdict = evaluate(when, context);
  return limits.kind === "holds" ? verdict : allOf([limits, verdict], listAll);
}

function findingOf(hazard: Hazard, { hits }: Extract<Verdict, { kind: "holds" }>, most: number): Finding {
  return { ...saidBy(hazard), kind: "finding", ...evidenceOf(hits, most) };
}

/** The questions come first, then what is known to be hit if the answer is yes. */
function questionOf(hazard: Hazard, { questions, hits }: Extract<Verdict, { kind: "open" }>, most: number): Finding {
  const asked = questions.map((text): Evidence => ({ text, what: "question" }));
  const known = evidenceOf(hits, most);
  return {
    ...saidBy(hazard),
    kind: "question",
    evidence: [...asked, ...known.evidence].slice(0, most),
    count: asked.length + known.count,
  };
}

function saidBy(hazard: Hazard): Omit<Finding, "kind" | "evidence" | "count"> {
  const { id, severity, area, title, effect, note, remedy, byMigration, fixes, sources } = hazard;
  return {
    id,
    severity,
    area,
    title,
    effect: [effect, note].filter((text) => text !== undefined && text !== "").join(" "),
    remedy,
    ...(byMigration === undefined ? {} : { byMigration }),
    isFixable: fixes !== undefined && fixes.length > 0,
    source: sources.join("; "),
  };
}
