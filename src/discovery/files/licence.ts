/**
 * The day on which a licence of Kong ends. It is JSON with `license.payload.license_expiration_date`
 * (Kong docs, Enterprise licence). Undefined where the text is no licence.
 */
export function licenceEnd(text: string): string | undefined {
  return /"license_expiration_date"\s*:\s*"(\d{4}-\d{2}-\d{2})/u.exec(text)?.[1];
}
