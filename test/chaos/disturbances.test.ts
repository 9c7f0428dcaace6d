import { expect, test } from "vitest";
import { describeDisturbance, planDisturbances } from "./disturbances.ts";

const minutes = 60_000;

test("the same seed gives the same disturbances, and another one others", () => {
  expect(planDisturbances("one", 5 * minutes)).toEqual(planDisturbances("one", 5 * minutes));
  expect(planDisturbances("two", 5 * minutes)).not.toEqual(planDisturbances("one", 5 * minutes));
});

test("a longer time begins as a shorter one with the same seed", () => {
  const short = planDisturbances("one", 1 * minutes);
  expect(planDisturbances("one", 5 * minutes).slice(0, short.length)).toEqual(short);
});

test("an hour disturbs everybody in every way", () => {
  const words = planDisturbances("one", 60 * minutes).map(({ disturbance }) => describeDisturbance(disturbance));
  for (const pattern of [
    ...["bot-1", "bot-2", "runner-1", "runner-2", "postgres", "redis", "gateway"].flatMap((victim) => [
      new RegExp(`^SIGKILL ${victim}$`, "u"),
      new RegExp(`^SIGSTOP ${victim} `, "u"),
    ]),
    /^SIGKILL command$/u,
    /^SIGTERM runner-1$/u,
    /^runner-1>postgres cut/u,
    /^kong>postgres hole/u,
    /^bots>slack slowed/u,
    /^redis flush$/u,
    /^redis snapshot$/u,
    /^Slack .*no_socket/u,
    ...["bot-1", "bot-2", "runner-1", "runner-2"].map(
      (victim) => new RegExp(`^clock of ${victim} off by -3600000 ms`, "u"),
    ),
    /^reboot of runner-1's machine/u,
    /^disk of runner-2 full/u,
  ]) {
    expect(words).toContainEqual(expect.stringMatching(pattern));
  }
});
