import type { Example } from "#test/src/kong/catalogue/example.ts";

/** Self-signed, RSA with 1024 bit, made for this test only. */
const shortCertificate = [
  "-----BEGIN CERTIFICATE-----",
  "MIICCjCCAXOgAwIBAgIUda3KdVEaHayTmMZc8pP82DbxF/gwDQYJKoZIhvcNAQEL",
  "BQAwFzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMB4XDTI2MTEyNjA2MzczMloXDTM2",
  "MTEyMzA2MzczMlowFzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMIGfMA0GCSqGSIb3",
  "DQEBAQUAA4GNADCBiQKBgQC9/YV3liNkZm3DGyMOTiYWjwiuiB4A/hT4FJfPBzR0",
  "Llm1jJfQwzEjdouWcmcJrXUQYaUvIHV3xz1KjeBZBpIppe0m6WCCn5mqV+Zv3y1+",
  "8yCpMCcW7PY1CUQlYW/l4e936DIPSpHOg4ZKHYbA4e3p4U9NrXptw63lOePp16Jb",
  "SwIDAQABo1MwUTAdBgNVHQ4EFgQUKRfJQCfGvSoBo5usqgBvZJmDRc4wHwYDVR0j",
  "BBgwFoAUKRfJQCfGvSoBo5usqgBvZJmDRc4wDwYDVR0TAQH/BAUwAwEB/zANBgkq",
  "hkiG9w0BAQsFAAOBgQBTa7DSnFlpEk60epRVBluMWj+02SyFWqmKb8BHJL1IZFb3",
  "uPaFDjK8qznFd+pS23fHj+av5r7FLpyP9iKh1G5/nUjkssmSHaxhYuxwmvqoTIM7",
  "y8A7ipef5VNaGrJmZYaA4AVKre552xkjSvNeW80TqarRxKM1G7dw415wpwIqRA==",
  "-----END CERTIFICATE-----",
  "-----END CERTIFICATE-----",
].join("\n");

export const osPackageTlsExamples: readonly Example[] = [
  {
    hazard: "34-openssl-3",
    hits: { lua: { "sign/handler.lua": 'local digest = require "resty.openssl.digest"\n' } },
    evidence: ["sign/handler.lua", "resty.openssl"],
    misses: { lua: { "sign/handler.lua": 'local sha256 = require "resty.sha256"\n' } },
  },
  { hazard: "34-old-tls-peers", hits: {}, misses: {}, missesHop: { from: "3.4.2", to: "3.5.0" } },
  {
    hazard: "34-openssl-seclevel",
    hits: { entities: { certificate: [{ id: "c1", cert: shortCertificate }] }, conf: {} },
    evidence: ["c1"],
    misses: {},
    missesHop: { from: "3.6.1", to: "3.7.1" },
  },
  {
    hazard: "36-tls11",
    hits: { conf: { ssl_protocols: "TLSv1.1 TLSv1.2" } },
    evidence: ["ssl_protocols", "TLSv1.1"],
    misses: { conf: { ssl_protocols: "TLSv1.1 TLSv1.2" } },
    missesHop: { from: "3.6.1", to: "3.7.1" },
  },
];
