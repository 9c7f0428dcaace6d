import { instantOf } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { pendingApprovals } from "#src/upgrade/pending.ts";
import type { PendingApproval } from "#src/upgrade/pending.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { waitingFor } from "#src/upgrade/waiting.ts";
import { context, section } from "#src/slack/views/blocks.ts";
import type { Block, Content } from "#src/slack/views/blocks.ts";
import { pendingEntry, pendingText } from "#src/slack/views/pending.ts";
import type { Call, Command } from "./command.ts";
import { answered, refused } from "./reply.ts";
import { unknownEnvironment } from "./target.ts";

/** Upgrades that are looked through; one is open for each environment at most. */
const maxOpen = 200;
/** Slack: 50 blocks in a message. A request with buttons takes two. */
const most = { mine: 12, others: 18 } as const;

export const approvals: Command = {
  word: "approvals",
  summary: "requests for approval that nobody has decided: first those that wait for you, with their buttons",
  details: [
    "Only you see the answer. It works in every channel; each request says what is missing and from whom, and what ends first is at the top.",
  ],
  example: "approvals",
  positionals: [
    {
      name: "environment",
      description: "only the requests of this environment; all when left out",
      isRequired: false,
      kind: "environment",
    },
  ],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const environment = nameOf(call);
    if (!environment.ok) return refused(environment.problem);
    const open = await call.desk.list({
      isOpen: true,
      limit: maxOpen,
      ...(environment.value === undefined ? {} : { environment: environment.value }),
    });
    if (call.by.kind === "terminal") return answered(listOf(call, { mine: [], others: pendingApprovals(open) }));
    const waiting = waitingFor(call.by.person, open, instantOf(call.now()));
    return answered(listOf(call, { mine: waiting.approvals, others: waiting.otherApprovals }));
  },
};

/** In any channel, because it only shows; undefined for all. */
function nameOf({ arguments: { positionals }, environments }: Call): Result<string | undefined, Refusal> {
  const typed = positionals.get("environment");
  const known = environments.find(({ name }) => name === typed?.toLowerCase());
  if (typed === undefined) return ok(undefined);
  return known === undefined ? no(unknownEnvironment(typed, environments)) : ok(known.name);
}

interface Listed {
  readonly mine: readonly PendingApproval[];
  readonly others: readonly PendingApproval[];
}

function listOf(call: Call, { mine, others }: Listed): Content {
  const isPersonal = call.by.kind === "slack";
  const groups = [
    ...(isPersonal
      ? [group(call, { heading: "Waiting for you", none: "No approval waits for you.", offers: "buttons" }, mine)]
      : []),
    ...(others.length > 0 || !isPersonal
      ? [
          group(
            call,
            {
              heading: isPersonal ? "Other requests" : "Requests for approval",
              none: "No approval is waited for.",
              offers: "nothing",
            },
            others,
          ),
        ]
      : []),
  ];
  return { text: groups.map(({ text }) => text).join("\n\n"), blocks: groups.flatMap(({ blocks }) => blocks) };
}

function group(
  { names }: Call,
  {
    heading,
    none,
    offers,
  }: { readonly heading: string; readonly none: string; readonly offers: "buttons" | "nothing" },
  pending: readonly PendingApproval[],
): Content {
  if (pending.length === 0) return { text: none, blocks: [section(none)] };
  const limit = offers === "buttons" ? most.mine : most.others;
  const shown = pending.slice(0, limit);
  const more = pending.length - shown.length;
  const rest: readonly Block[] = more > 0 ? [context(`…${more} more; name an environment to see its request`)] : [];
  return {
    text: [
      heading,
      ...shown.map((each) => `• ${pendingText(each, names)}`),
      ...(more > 0 ? [`…${more} more`] : []),
    ].join("\n"),
    blocks: [section(`*${heading}*`), ...shown.flatMap((each) => pendingEntry(each, names, offers)), ...rest],
  };
}
