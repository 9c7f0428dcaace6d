/** Lets one step run per environment, and a bounded number at once. */
export interface StepSlots {
  /** A slot to give back, or undefined while the environment or the whole runner is busy. */
  take(environment: string, step: string): Disposable | undefined;
  /** What is running, for people: `environment: step`. */
  taken(): readonly string[];
}

/** `onFree` is called when a slot is given back after somebody was turned away; telling nobody in particular would never end. */
export function createStepSlots(maxAtOnce: number, onFree: () => void): StepSlots {
  const taken = new Map<string, string>();
  let isSomebodyWaiting = false;
  return {
    take: (environment, step) => {
      if (taken.has(environment) || taken.size >= maxAtOnce) {
        isSomebodyWaiting = true;
        return undefined;
      }
      taken.set(environment, step);
      return {
        [Symbol.dispose]: () => {
          taken.delete(environment);
          if (!isSomebodyWaiting) return;
          isSomebodyWaiting = false;
          onFree();
        },
      };
    },
    taken: () => [...taken].map(([environment, step]) => `${environment}: ${step}`),
  };
}
