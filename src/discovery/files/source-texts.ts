import type { SourceText } from "#src/kong/inventory.ts";
import { bounds } from "./bounds.ts";
import { findFiles } from "./find-files.ts";
import type { FoundFile } from "./find-files.ts";
import { byteBudget, readTextFile } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

/** A text with the path that was given, below which it was found. */
export interface FoundText extends SourceText {
  readonly given: string;
}

export interface TextsReading {
  readonly texts: readonly FoundText[];
  readonly troubles: readonly Trouble[];
}

/** How texts are found and cleaned. */
export interface TextsQuestion {
  readonly paths: readonly string[];
  readonly fits: (name: string) => boolean;
  /** Takes secrets out. */
  readonly clean: (text: string) => string;
}

/**
 * Texts that hazards search. Below a folder, files that are no text are passed over: images and archives lie beside
 * scripts; a file that was named must be a text.
 */
export async function readTexts({ paths, fits, clean }: TextsQuestion, budget: ByteBudget): Promise<TextsReading> {
  const found = await findFiles(paths, fits);
  const troubles = [...found.troubles];
  const texts: FoundText[] = [];
  const own = byteBudget(Math.min(budget.left, bounds.sourcesBytes));
  for (const file of found.files) {
    const before = own.left;
    const read = await readTextFile(file.path, own, bounds.sourceBytes);
    budget.left -= before - own.left;
    if (read.ok) texts.push({ file: file.inside, text: clean(read.value), given: file.given });
    else if (isNamed(file) || !read.problem.startsWith("is not"))
      troubles.push({ file: file.path, text: read.problem });
  }
  if (texts.length === 0 && troubles.length === 0)
    troubles.push({ file: paths.join(", "), text: "holds no text file that could be read" });
  return { texts, troubles };
}

function isNamed(file: FoundFile): boolean {
  return file.path === file.given;
}
