import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, digestOf, digestOfText } from "#src/kernel/digest.ts";

test("canonical JSON is that of RFC 8785, section 3.2.2 and 3.2.3", () => {
  const value = {
    numbers: [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 0.000_000_000_000_000_000_000_000_001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f",
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  );
});

test("a digest names its algorithm", () => {
  expect(digestOfText("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("the order of keys changes nothing, any other change does", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), fc.string(), (value, extra) => {
      const shuffled = Object.fromEntries(Object.entries(value).toReversed());
      expect(digestOf(shuffled)).toBe(digestOf(value));
      expect(digestOf([value, extra])).not.toBe(digestOf([value, `${extra}.`]));
    }),
  );
});

test.each([
  ["no JSON at all", () => undefined],
  ["a number without a value", Number.NaN],
])("%s has no digest", (_, value) => {
  expect(() => digestOf(value)).toThrow(/./u);
});
