/** Lets one step run per environment, and a bounded number at once. */
export interface StepSlots {
  /** A slot to give back, or undefined while the environment or the whole runner is busy. */
  take(environment: string, step: string): Disposable | undefined;
  /** What is running, for people: `environment: step`. */
  taken(): readonly string[];
}

export function createStepSlots(maxAtOnce: number, onFree: () => void): StepSlots {
  const taken = new Map<string, string>();
  return {
    take: (environment, step) => {
      if (taken.has(environment) || taken.size >= maxAtOnce) return undefined;
      taken.set(environment, step);
      return {
        [Symbol.dispose]: () => {
          taken.delete(environment);
          onFree();
        },
      };
    },
    taken: () => [...taken].map(([environment, step]) => `${environment}: ${step}`),
  };
}
