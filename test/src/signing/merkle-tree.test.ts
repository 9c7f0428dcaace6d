import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { treeHash } from "#src/signing/merkle-tree.ts";

/** The leaves and roots that Certificate Transparency implementations test with. */
const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(
  (text) => Buffer.from(text, "hex"),
);

test.each([
  [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
  [4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
  [5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
  [6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
  [7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
  [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
])("the tree over %i known leaves has the known root", (size, root) => {
  expect(hex(treeHash(leaves.slice(0, size)))).toBe(root);
});

test("trees of any size have the root of RFC 6962's recursive definition", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), (entries) => {
      expect(hex(treeHash(entries))).toBe(hex(recursive(entries)));
    }),
  );
});

/** RFC 6962 §2.1 to the letter: split at the largest power of two smaller than n. */
function recursive(entries: readonly Uint8Array[]): Buffer {
  const [only] = entries;
  if (only === undefined) return createHash("sha256").digest();
  if (entries.length === 1) return createHash("sha256").update(Uint8Array.of(0)).update(only).digest();
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return createHash("sha256")
    .update(Uint8Array.of(1))
    .update(recursive(entries.slice(0, split)))
    .update(recursive(entries.slice(split)))
    .digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
