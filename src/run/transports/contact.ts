/** Told why nobody could be reached for a while, and with undefined once somebody answers again. */
export type OnContact = (problem: string | undefined) => Promise<void>;

/** Whether a place where a command runs answers, from one look to the next. */
export interface Contact {
  /** Why nobody could be reached this time; undefined when somebody answered. */
  heard(problem: string | undefined): Promise<void>;
}

/** A connection that is made anew at once is nothing that people need to know. */
const tellAfterMs = 5_000;

/** Tells of a contact that was lost for some seconds, once each time. By a steady clock. */
export function createContact(tell: OnContact | undefined): Contact {
  let lostAtMs: number | undefined;
  let isTold = false;
  const turn = async (problem: string | undefined): Promise<void> => {
    isTold = problem !== undefined;
    await tell?.(problem);
  };
  return {
    heard: async (problem) => {
      if (problem === undefined) {
        lostAtMs = undefined;
        if (isTold) await turn(undefined);
        return;
      }
      lostAtMs ??= performance.now();
      if (!isTold && performance.now() - lostAtMs >= tellAfterMs) await turn(problem);
    },
  };
}
