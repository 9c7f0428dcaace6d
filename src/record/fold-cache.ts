import type { Digest } from "#src/kernel/digest.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** A folded upgrade and the hash of the last event in it. */
export interface Fold {
  readonly upgrade: Upgrade;
  readonly head: Digest;
}

/** Folds that were needed lately, so that a long record is not read again for every click. */
export interface FoldCache {
  get(id: UpgradeId): Fold | undefined;
  /** Keeps the newest version only. */
  put(fold: Fold): void;
  forget(id: UpgradeId): void;
}

/** A cache of at most `size` upgrades; the one that was not used for longest goes first. */
export function createFoldCache(size: number): FoldCache {
  const folds = new Map<UpgradeId, Fold>();
  return {
    get: (id) => {
      const fold = folds.get(id);
      if (fold === undefined) return undefined;
      folds.delete(id);
      folds.set(id, fold);
      return fold;
    },
    put: (fold) => {
      const { id, version } = fold.upgrade;
      const known = folds.get(id);
      if (known !== undefined && known.upgrade.version > version) return;
      folds.delete(id);
      folds.set(id, fold);
      const [oldest] = folds.keys();
      if (folds.size > size && oldest !== undefined) folds.delete(oldest);
    },
    forget: (id) => void folds.delete(id),
  };
}
