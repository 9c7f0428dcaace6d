import { join } from "node:path";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { execute, openPool } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import { card } from "#src/slack/views/card.ts";
import type { Names } from "#src/slack/views/names.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { percentiles } from "./figures.ts";
import type { FigureBench } from "./figures.ts";
import { inRounds, timeOf, timesOf } from "./in-rounds.ts";
import type { Timed } from "./in-rounds.ts";
import { eventsOf, growUpgrade, nodeCount, note, submit } from "./long-upgrade.ts";
import type { Shape } from "./long-upgrade.ts";

const long = 5_000;
const short = 50;
/** Single calls take a millisecond or less, so that each round takes several of them. */
const goes = 10;
const names: Names = { person: (id) => id, group: (id) => id };

/** What an upgrade of 5,000 events costs a process that has not seen it before. */
export const fold: FigureBench = {
  name: "fold",
  title: "First sight of an upgrade of 5,000 events: load, fold, decide, append",
  async takeFigures(folder, stack) {
    const { record, url } = await openBenchRecord(folder, stack);
    const subjects = await Promise.all(shapes.map((shape) => subjectOf(record, shape, long)));
    const floor = await floorCase({ url, subject: subjects[0] }, stack);
    const cases = subjects.map((subject) => firstSight(url, subject));
    const times = await inRounds([floor, ...cases], { rounds: 9, warmUps: 2 });
    return {
      figures: cases.flatMap(({ name }) =>
        percentiles({ what: name, oursMs: times.of(name), floorMs: times.of(floor.name), p50: { most: 25 } }),
      ),
      remarks: [
        ...shapeRemarks,
        "Floor: as many rows of that size by one query of the same PostgreSQL and its client, and one row inserted.",
      ],
    };
  },
};

/** What each further event costs, long after the beginning. */
export const growth: FigureBench = {
  name: "growth",
  title: "Growth: append and drawing at event 5,000 against event 50",
  async takeFigures(folder, stack) {
    const { record } = await openBenchRecord(folder, stack);
    const pairs = await Promise.all(
      shapes.map(async (shape) => ({
        shape,
        before: worksOn(record, await subjectOf(record, shape, short)),
        after: worksOn(record, await subjectOf(record, shape, long)),
      })),
    );
    const times = await inRounds(
      pairs.flatMap(({ before, after }) => [...before, ...after]),
      { rounds: 10, warmUps: 2 },
    );
    return {
      figures: pairs.flatMap(({ before, after }) =>
        after.flatMap(({ name, what }, index) => {
          const floor = before[index]?.name ?? "";
          return percentiles({ what, oursMs: times.of(name), floorMs: times.of(floor), p50: { ratio: 1.5 } });
        }),
      ),
      remarks: [
        ...shapeRemarks,
        `Floor: the same at event ${short}.`,
        "“All posts” is what the delivery computes whenever a record has grown: everything that channel and thread should show, the card first.",
      ],
    };
  },
};

const shapes = ["retries", "nodes"] as const satisfies readonly Shape[];
const shapeRemarks = [
  `“retries”: a plan of some twenty steps, one of which was tried hundreds of times, with notes and pauses. “nodes”: ${nodeCount} nodes, one after the other, each of their steps done once.`,
];

async function openBenchRecord(
  folder: string,
  stack: AsyncDisposableStack,
): Promise<{ readonly record: Record; readonly url: string }> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  stack.defer(() => postgres.stop());
  return { record: stack.use(await openRecord({ url: postgres.url })), url: postgres.url };
}

interface Subject {
  readonly shape: Shape;
  readonly id: UpgradeId;
  /** As long as the record was meant to be. */
  readonly events: Awaited<ReturnType<typeof eventsOf>>;
}

async function subjectOf(record: Record, shape: Shape, events: number): Promise<Subject> {
  const id = await growUpgrade(record, { environment: `${shape}-${events}`, events, shape });
  return { shape, id, events: await eventsOf(record, id) };
}

async function floorCase(
  { url, subject }: { readonly url: string; readonly subject: Subject | undefined },
  stack: AsyncDisposableStack,
): Promise<Timed> {
  const pool = stack.adopt(openPool(url), (opened) => opened.end());
  const texts = (subject?.events ?? []).map((event) => JSON.stringify(event));
  await execute(pool, "create table floor (id integer generated always as identity primary key, data jsonb not null)");
  await execute(pool, "insert into floor (data) select * from unnest($1::jsonb[])", [texts]);
  return {
    name: "floor",
    take: () =>
      timesOf(1, async () => {
        await execute(pool, "select data from floor order by id");
        await execute(pool, "insert into floor (data) values ($1)", [texts[0]]);
      }),
  };
}

function firstSight(url: string, { shape, id }: Subject): Timed {
  return {
    name: `${shape}: load, fold, decide and append`,
    take: async () => {
      await using fresh = await openRecord({ url });
      // The connection is there, the upgrade is not.
      await fresh.now();
      return [await timeOf(() => submit(fresh, id, note("seen for the first time")))];
    },
  };
}

/** What is done at each further event. */
function worksOn(record: Record, { shape, id, events }: Subject): readonly (Timed & { readonly what: string })[] {
  const folded = replay(events);
  if (folded === undefined) throw new Error(`${id} has no events`);
  const work = (what: string, each: () => unknown): Timed & { readonly what: string } => ({
    name: `${shape}: ${what} at event ${events.length}`,
    what: `${shape}: ${what}`,
    take: () => timesOf(goes, each),
  });
  return [
    work("append", () => submit(record, id, note("one more"))),
    work("card", () => card(folded, names)),
    work("all posts", () => desiredPosts(events, names)),
  ];
}
