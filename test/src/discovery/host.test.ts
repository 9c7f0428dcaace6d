import { expect, test } from "vitest";
import { readHost } from "#src/discovery/host.ts";

/** Lines of /etc/os-release as the distributions ship them. */
test.each([
  [`NAME="Debian GNU/Linux"\nVERSION_ID="11"\nID=debian`, { os: "debian11", package: "deb" }],
  [`ID=ubuntu\nVERSION_ID="20.04"`, { os: "ubuntu20.04", package: "deb" }],
  [`ID="rhel"\nVERSION_ID="8.9"`, { os: "rhel8", package: "rpm" }],
  [`ID="rocky"\nVERSION_ID="9.3"`, { os: "rhel9", package: "rpm" }],
  [`ID="amzn"\nVERSION_ID="2023"`, { os: "amazonlinux2023", package: "rpm" }],
  [`ID="amzn"\nVERSION_ID="2"`, { os: "amazonlinux2", package: "rpm" }],
  [`NAME="Amazon Linux AMI"\nID="amzn"\nVERSION_ID="2018.03"`, { os: "amazonlinux1", package: "rpm" }],
  [`ID=alpine\nVERSION_ID=3.18.4`, { os: "alpine", package: "apk" }],
  [`ID=nixos\nVERSION_ID="24.05"`, { os: "nixos24" }],
] as const)("the machine of %j is told as the catalogue names it", async (osRelease, host) => {
  expect(await readHost({ readText: () => Promise.resolve(osRelease) })).toStrictEqual(host);
});

test("an os-release file without a name is no answer", async () => {
  await expect(readHost({ readText: () => Promise.resolve("VERSION_ID=1\n") })).rejects.toThrow("has no ID");
});
