/** One row to insert: column names of real Kong to values; an object is stored as JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** A fixed, readable id: the kind in front, the number at the end. */
export function seedId(kind: keyof typeof kinds, number: number): string {
  return `${kinds[kind]}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** The moment at which the practice entities were "configured". */
export const seededAt = "2024-03-04T09:00:00Z";

const kinds = {
  upstream: "a1000000",
  target: "a2000000",
  service: "a3000000",
  route: "a4000000",
  consumer: "a5000000",
  credential: "a6000000",
  group: "a7000000",
  plugin: "a8000000",
} as const;
