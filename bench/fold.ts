import { join } from "node:path";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { execute, openPool } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { newWork, nextTask, noteLag, noteRow, redraw } from "#src/slack/delivery/work.ts";
import type { UpgradeWork } from "#src/slack/delivery/work.ts";
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
    const cases = await Promise.all(
      subjects.map(async (subject) => ({
        floor: await floorCase(url, subject, stack),
        ours: firstSight(url, subject),
      })),
    );
    const times = await inRounds(
      cases.flatMap(({ floor, ours }) => [floor, ours]),
      { rounds: 9, warmUps: 2 },
    );
    return {
      figures: cases.flatMap(({ floor, ours: { name } }) =>
        percentiles({ what: name, oursMs: times.of(name), floorMs: times.of(floor.name), p50: { most: 25 } }),
      ),
      remarks: [
        ...shapeRemarks,
        "Floor: the same events by one query of the same PostgreSQL and its client, from a table that holds nothing else, and one row inserted.",
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
        "“All posts” is what the delivery computes whenever a record has grown by one event: what channel and thread should show otherwise than before, the card first, and what is to be sent next.",
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

async function floorCase(url: string, { shape, events }: Subject, stack: AsyncDisposableStack): Promise<Timed> {
  const pool = stack.adopt(openPool(url), (opened) => opened.end());
  const texts = events.map((event) => JSON.stringify(event));
  const table = `floor_${shape}`;
  await execute(
    pool,
    `create table ${table} (id integer generated always as identity primary key, data jsonb not null)`,
  );
  await execute(pool, `insert into ${table} (data) select * from unnest($1::jsonb[])`, [texts]);
  return {
    name: `${shape}: floor`,
    take: () =>
      timesOf(1, async () => {
        await execute(pool, `select data from ${table} order by id`);
        await execute(pool, `insert into ${table} (data) values ($1)`, [texts.at(-1)]);
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
    drawing({ shape, id, events }),
  ];
}

/** The last events of the record once more, one after the other, to somebody to whom Slack shows all before them. */
function drawing({ shape, id, events }: Subject): Timed & { readonly what: string } {
  const what = `${shape}: all posts`;
  return {
    name: `${what} at event ${events.length}`,
    what,
    take: async () => {
      const work = newWork(id, names);
      work.thread.grow(events.slice(0, -goes));
      redraw(work, {});
      const times: number[] = [];
      for (const event of events.slice(-goes)) {
        sendAll(work);
        times.push(
          await timeOf(() => {
            work.thread.grow([event]);
            redraw(work, {});
            noteLag(work, 0);
            return nextTask([work], () => 0);
          }),
        );
      }
      return times;
    },
  };
}

function sendAll(work: UpgradeWork): void {
  for (const { key, digest } of work.open.values())
    noteRow(work, { upgradeId: work.id, key, channel: "C0PRACTCE", ts: key, contentDigest: digest, state: "sent" });
}
