/** An element of DER: its tag, and where its content lies. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017), as DER writes it. */
const rsaEncryption = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/**
 * The length in bits of the RSA key that a PEM certificate or key holds; `not_rsa` for another kind of key; undefined for
 * a text from which it cannot be read. Only the lengths of the ASN.1 elements are followed, so nothing is trusted.
 */
export function rsaBits(pem: string): number | "not_rsa" | undefined {
  const der = derOf(pem);
  if (der === undefined) return undefined;
  const algorithm = findAlgorithm(der);
  return algorithm === undefined ? undefined : bitsAfter(der, algorithm);
}

/** Longest PEM that is looked at: a certificate is a few kilobytes. */
const maxPem = 65_536;

function derOf(pem: string): Uint8Array | undefined {
  const body = /-----BEGIN (?:TRUSTED )?(?:CERTIFICATE|PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END/u.exec(
    pem.slice(0, maxPem),
  )?.[1];
  if (body === undefined) return undefined;
  try {
    return Uint8Array.from(atob(body.replaceAll(/\s/gu, "")), (character) => character.codePointAt(0) ?? 0);
  } catch {
    return undefined;
  }
}

/** The AlgorithmIdentifier of the public key: a sequence that is followed by a bit string, within SubjectPublicKeyInfo. */
function findAlgorithm(der: Uint8Array): Element | undefined {
  const outer = elementAt(der, 0);
  if (outer?.tag !== 0x30) return undefined;
  const inside = elementsOf(der, outer);
  if (inside[0]?.tag === 0x30 && inside[1]?.tag === 0x03) return inside[0];
  const [certificate] = inside;
  const keyInfo = certificate === undefined ? undefined : elementsOf(der, certificate).find(isKeyInfo(der));
  return keyInfo === undefined ? undefined : elementsOf(der, keyInfo)[0];
}

function isKeyInfo(der: Uint8Array): (element: Element) => boolean {
  return (element) => {
    const [algorithm, key] = element.tag === 0x30 ? elementsOf(der, element) : [];
    return algorithm?.tag === 0x30 && key?.tag === 0x03;
  };
}

function bitsAfter(der: Uint8Array, algorithm: Element): number | "not_rsa" | undefined {
  const [identifier] = elementsOf(der, algorithm);
  if (identifier?.tag !== 0x06) return undefined;
  const bytes = der.subarray(identifier.start, identifier.end);
  if (bytes.length !== rsaEncryption.length || rsaEncryption.some((byte, index) => bytes[index] !== byte)) {
    return "not_rsa";
  }
  const key = elementAt(der, algorithm.end);
  // The first byte of a bit string counts unused bits.
  const publicKey = key?.tag === 0x03 ? elementAt(der, key.start + 1) : undefined;
  const modulus = publicKey?.tag === 0x30 ? elementsOf(der, publicKey)[0] : undefined;
  return modulus?.tag === 0x02 ? bitLength(der.subarray(modulus.start, modulus.end)) : undefined;
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}

function elementsOf(der: Uint8Array, parent: Element): readonly Element[] {
  const elements: Element[] = [];
  for (let at = parent.start; at < parent.end;) {
    const element = elementAt(der, at);
    if (element === undefined) return elements;
    elements.push(element);
    at = element.end;
  }
  return elements;
}

function elementAt(der: Uint8Array, at: number): Element | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return within(der, { tag, start: at + 2, end: at + 2 + first });
  const count = first - 0x80;
  if (count === 0 || count > 4) return undefined;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[at + 2 + index] ?? 0);
  const start = at + 2 + count;
  return within(der, { tag, start, end: start + length });
}

function within(der: Uint8Array, element: Element): Element | undefined {
  return element.end <= der.length ? element : undefined;
}
