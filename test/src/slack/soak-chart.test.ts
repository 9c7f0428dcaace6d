import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { soakChart } from "#src/slack/chart/soak-chart.ts";
import { soakPicture } from "#src/slack/delivery/soak-posts.ts";
import type { SoakReport } from "#src/upgrade/step-report.ts";
import { postsOf, recordOf } from "./recorded.ts";
import { sampleSoak, watched } from "./watch-stories.ts";

/** Colours of a picture as this program writes it, with how many dots of each there are. */
function coloursOf(picture: Uint8Array): ReadonlyMap<string, number> {
  const bytes = Buffer.from(picture);
  expect(bytes.subarray(1, 4).toString("latin1")).toBe("PNG");
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const data = bytes.indexOf("IDAT");
  const pixels = inflateSync(bytes.subarray(data + 4, data + 4 + bytes.readUInt32BE(data - 4)));
  expect(pixels.length).toBe(height * (1 + width * 3));
  const counts = new Map<string, number>();
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = row * (1 + width * 3) + 1 + column * 3;
      const colour = pixels.subarray(at, at + 3).join(",");
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  return counts;
}

const [before, during, limit] = ["130,138,150", "30,96,200", "205,40,40"];

test("a soak is drawn with what was before, what is now, and the limits", () => {
  const colours = coloursOf(soakChart(sampleSoak("fail")));
  for (const colour of [before, during, limit]) expect(colours.get(colour)).toBeGreaterThan(100);
});

const at = (atMs: number, figures: object = {}) => Object.assign({ atMs, requests: 1 }, figures);

test.each<[string, SoakReport["during"]["points"]]>([
  ["one point", [at(0, { errorRate: 0 })]],
  ["no figures", [at(0), at(9)]],
  ["enormous figures", [at(0, { p99Ms: 0 }), at(1e15, { p99Ms: 1e300, requestRate: 1e300 })]],
])("a soak with %s and without a baseline is drawn all the same", (_, points) => {
  const { before: __, ...soak } = sampleSoak("pass");
  expect(coloursOf(soakChart({ ...soak, during: { figures: { requests: 0 }, points } })).size).toBeGreaterThan(1);
});

test("where nothing was seen there is a gap, and no line that looks calm", () => {
  const calm = { errorRate: 0, p99Ms: 90, requestRate: 10 };
  const points = (told: (index: number) => boolean): SoakReport["during"]["points"] =>
    Array.from({ length: 50 }, (_, index) => at(index * 1_000, told(index) ? calm : {}));
  const dots = (told: (index: number) => boolean): number => {
    const soak = { ...sampleSoak("inconclusive"), during: { figures: { requests: 1 }, points: points(told) } };
    return coloursOf(soakChart(soak)).get(during) ?? 0;
  };
  const whole = dots(() => true);
  expect(dots((index) => index < 10 || index > 39)).toBeLessThan(whole * 0.5);
  expect(dots((index) => index < 10)).toBeLessThan(whole * 0.25);
});

test("the thread shows the picture when the soak ends, with the same in words", () => {
  const story = watched(sampleSoak("inconclusive"));
  const shown = postsOf(story).find(({ key }) => key.startsWith("soak-"));
  expect(shown?.file).toMatchObject({ altText: expect.stringContaining("0.1 % of requests failed") });
  expect(shown?.text).toContain("inconclusive");
  expect(soakPicture(recordOf(story), shown?.file?.version ?? 0)?.length).toBeGreaterThan(500);
  expect(soakPicture(recordOf(story), 1)).toBeUndefined();
});
