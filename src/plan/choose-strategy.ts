import type { PathRefusalCode } from "#src/kong/upgrade-path.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { PlanContext } from "./plan-context.ts";
import type { PlanRefusal } from "./refusal.ts";
import { findStrategy, strategies } from "./strategies/registry.ts";
import type { Fit, Strategy } from "./strategy.ts";

/** Says that the best strategy for the topology is wanted, whichever it is. */
export const recommended = "recommended";

/** The strategy of a plan, and the sentences that say why it is this one. */
export interface ChosenStrategy {
  readonly strategy: Strategy;
  readonly why: readonly string[];
}

/**
 * The strategy that was asked for, or the recommended one; refused where it cannot work here, with those that can.
 * `path` is why the two versions cannot follow one another in general; strategies that answer for it come before others.
 */
export function chooseStrategy(
  context: PlanContext,
  name: string,
  path?: PathRefusalCode,
): Result<ChosenStrategy, readonly PlanRefusal[]> {
  const possible = rankStrategies(context);
  const answering = possible.filter(({ strategy }) => isAnswered(strategy, context, path));
  const candidates = answering.length > 0 ? answering : possible;
  const [best] = candidates;
  if (name === recommended) return best === undefined ? no(nothingWorks(context)) : ok(asRecommended(best, candidates));
  const strategy = findStrategy(name);
  if (strategy === undefined) return no([unknown(name)]);
  const refusals = strategy.refuse(context);
  if (refusals.length > 0) return no(withAlternatives(refusals, candidates));
  const { rank, reason } = strategy.fit(context.environment, context);
  if (best === undefined || best.strategy === strategy) return ok({ strategy, why: [] });
  const word = rank === "discouraged" ? "Not advised here" : "Not the first choice here";
  return ok({ strategy, why: [`${word}: ${reason}. Recommended is ${best.strategy.name}: ${best.fit.reason}.`] });
}

/** A strategy that works here, and how well it suits. */
export interface Candidate {
  readonly strategy: Strategy;
  readonly fit: Fit;
}

const ranks = ["first_choice", "possible", "discouraged"] as const;

/** Every strategy that works here, best first. */
export function rankStrategies(context: PlanContext): readonly Candidate[] {
  return strategies
    .filter((strategy) => strategy.refuse(context).length === 0)
    .map((strategy) => ({ strategy, fit: strategy.fit(context.environment, context) }))
    .toSorted((left, right) => ranks.indexOf(left.fit.rank) - ranks.indexOf(right.fit.rank));
}

function asRecommended(best: Candidate, candidates: readonly Candidate[]): ChosenStrategy {
  const others = candidates.slice(1).map(({ strategy, fit }) => `${strategy.name} (${fit.reason})`);
  return {
    strategy: best.strategy,
    why: [
      `Strategy ${best.strategy.name}, because ${best.fit.reason}.`,
      ...(others.length > 0 ? [`Also possible with --strategy: ${others.join("; ")}.`] : []),
    ],
  };
}

/** Whether this strategy may change what the path rule forbids; true where the path is allowed. */
export function isAnswered(strategy: Strategy, context: PlanContext, path: PathRefusalCode | undefined): boolean {
  return path === undefined || strategy.answersFor?.(context).includes(path) === true;
}

/** What speaks against the strategies made for this installation, or against all where none is; each said once. */
function nothingWorks(context: PlanContext): readonly PlanRefusal[] {
  const each = strategies.map((strategy) => strategy.refuse(context));
  const fitting = each.filter((refusals) => refusals.every(({ isMisfit }) => isMisfit !== true));
  const all = (fitting.length > 0 ? fitting : each).flat();
  return asSaid(all.filter((one, index) => all.findIndex((other) => other.sentence === one.sentence) === index));
}

function withAlternatives(refusals: readonly PlanRefusal[], candidates: readonly Candidate[]): readonly PlanRefusal[] {
  if (candidates.length === 0) return asSaid(refusals);
  const names = candidates.map(({ strategy, fit }) => `${strategy.name} (${fit.reason})`).join("; ");
  return asSaid(refusals).map((refusal) =>
    Object.assign({ ...refusal }, { help: `${refusal.help}; possible here: ${names}` }),
  );
}

/** Only what people read, and what the record keeps. */
function asSaid(refusals: readonly PlanRefusal[]): readonly PlanRefusal[] {
  return refusals.map(({ code, sentence, help }) => ({ code, sentence, help }));
}

function unknown(name: string): PlanRefusal {
  return {
    code: "strategy_unknown",
    sentence: `there is no strategy “${name}”`,
    help: `known strategies: ${strategies.map((strategy) => strategy.name).join(", ")}`,
  };
}
