// The floor of reading an Admin API: every page is fetched and parsed, one after the other, and none is kept.
import { z } from "zod";

const pageSchema = z.looseObject({ data: z.array(z.unknown()), offset: z.string().optional() });

const [url = ""] = process.argv.slice(2);
for (const list of ["services", "routes", "plugins"]) {
  let offset: string | undefined;
  do {
    const next = offset === undefined ? "" : `&offset=${offset}`;
    const answer = await fetch(`${url}/${list}?size=1000${next}`);
    ({ offset } = pageSchema.parse(await answer.json()));
  } while (offset !== undefined);
}
