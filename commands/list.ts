import { no, ok, unreachable } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { next } from "#src/upgrade/next.ts";
import { needsReview } from "#src/upgrade/review.ts";
import { silenceOf } from "#src/upgrade/silence.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { section } from "#src/slack/views/blocks.ts";
import { title } from "#src/slack/views/card.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { dateToken, escapeText } from "#src/slack/views/text.ts";
import { withoutRunner } from "#src/slack/views/unserved.ts";
import { upgradeData } from "./answer-data.ts";
import type { Call, Command } from "./command.ts";
import { answered, refused } from "./reply.ts";
import { unknownEnvironment } from "./target.ts";
import { lookForRunners } from "./without-runner.ts";
import type { WhyUnserved } from "./without-runner.ts";

const states = ["all", "open", "waiting", "closed", "completed", "rolled-back", "aborted"] as const;
type State = (typeof states)[number];

/** Upgrades that are looked through for a state, newest first. */
const maxSearched = 500;
const defaultLimit = 15;
/** Slack: 50 blocks in a message. */
const maxLimit = 40;
const maxAtTerminal = 200;

export const list: Command = {
  word: "list",
  summary: "open and recent upgrades, newest first",
  details: ["Without an environment it lists those of all. `waiting` are the open ones that somebody must act on."],
  example: "list practice --state closed",
  positionals: [
    {
      name: "environment",
      description: "only upgrades of this environment; all when left out",
      isRequired: false,
      kind: "environment",
    },
  ],
  options: [
    { name: "state", description: "only upgrades in this state", value: "state", choices: states },
    {
      name: "limit",
      description: `how many at most, 1 to ${maxAtTerminal}; ${defaultLimit} when left out`,
      value: "number",
    },
  ],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const { positionals, options } = call.arguments;
    const environment = environmentName(call, positionals.get("environment"));
    if (!environment.ok) return refused(environment.problem);
    const limit = limitOf(call, options.get("limit"));
    if (limit === undefined)
      return refused({
        code: "usage",
        sentence: `--limit cannot be “${options.get("limit") ?? ""}”.`,
        help: `Give a number from 1 to ${maxAtTerminal}.`,
      });
    const state = states.find((each) => each === options.get("state")) ?? "all";
    const found = await find(call, { environment: environment.value, state, limit });
    const shown = found.slice(0, limit);
    const isCut = found.length > limit;
    const whyUnserved = await lookForRunners(call, shown);
    const lines = shown.map((upgrade) => lineOf(upgrade, call, whyUnserved));
    const rest = isCut ? [`…and more; \`--limit\` and \`--state\` choose others.`] : [];
    const none = shown.length === 0 ? ["There is no such upgrade."] : [];
    const upgrades = shown.map((upgrade) => upgradeData(upgrade, call.names, whyUnserved(upgrade)));
    const data = { kind: "list", upgrades, isCut } as const;
    const text = [...lines, ...rest, ...none];
    return answered({ text: text.join("\n\n"), blocks: text.map(section) }, data);
  },
};

/** In any channel, because it only shows; undefined for all. */
function environmentName(call: Call, typed: string | undefined): Result<string | undefined, Refusal> {
  if (typed === undefined) return ok(undefined);
  const known = call.environments.find(({ name }) => name === typed.toLowerCase());
  return known === undefined ? no(unknownEnvironment(typed, call.environments)) : ok(known.name);
}

function limitOf({ by }: Call, typed: string | undefined): number | undefined {
  if (typed === undefined) return defaultLimit;
  const limit = /^\d{1,3}$/u.test(typed) ? Number(typed) : 0;
  if (limit < 1 || limit > maxAtTerminal) return undefined;
  return by.kind === "terminal" ? limit : Math.min(limit, maxLimit);
}

interface Wanted {
  readonly environment: string | undefined;
  readonly state: State;
  readonly limit: number;
}

/** One more than asked, where there are more. */
async function find({ desk }: Call, { environment, state, limit }: Wanted): Promise<readonly Upgrade[]> {
  const isOpen = state === "all" ? undefined : state === "open" || state === "waiting";
  // The database can tell open from closed; everything finer is seen in the record itself.
  const isToldByDatabase = state === "all" || state === "open" || state === "closed";
  const upgrades = await desk.list({
    limit: isToldByDatabase ? limit + 1 : maxSearched,
    ...(environment === undefined ? {} : { environment }),
    ...(isOpen === undefined ? {} : { isOpen }),
  });
  return upgrades.filter((upgrade) => isIn(upgrade, state));
}

function isIn(upgrade: Upgrade, state: State): boolean {
  const outcome = upgrade.status === "closed" ? upgrade.outcome.kind : undefined;
  switch (state) {
    case "all":
      return true;
    case "open":
      return outcome === undefined;
    case "closed":
      return outcome !== undefined;
    case "waiting":
      return waitsForPeople(upgrade);
    case "completed":
    case "aborted":
      return outcome === state;
    case "rolled-back":
      return outcome === "rolled_back";
    default:
      return unreachable(state);
  }
}

/** What is over by itself: a window opens, a freeze ends, a scheduled time comes. */
const overByItself: ReadonlySet<string> = new Set(["window", "calendar", "schedule"]);

/** Whether it stands still until somebody acts. */
function waitsForPeople(upgrade: Upgrade): boolean {
  const waits = next(upgrade, upgrade.updatedAt);
  if (upgrade.status === "surveying") return upgrade.alarm !== undefined;
  if (upgrade.status === "active" && (upgrade.alarm !== undefined || choicesFor(upgrade).length > 0)) return true;
  if (silenceOf(upgrade) !== undefined) return true;
  return waits.do === "wait" && !overByItself.has(waits.for);
}

function lineOf(upgrade: Upgrade, { names }: Call, whyUnserved: WhyUnserved): string {
  const { headline, whoMustAct } = withoutRunner(describeSituation(upgrade, names), whyUnserved(upgrade));
  const who = upgrade.status === "closed" && !needsReview(upgrade) ? "" : `\nWho must act: ${whoMustAct}`;
  return `*${escapeText(title(upgrade))}* (${dateToken(upgrade.request.at)})\n${headline}${who}`;
}
