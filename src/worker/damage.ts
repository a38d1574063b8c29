import type { OnCorrupt } from '../store/models.ts';

/** Returns a callback that warns of each damaged checkpoint that was skipped. */
export function createDamageWarning(warn: (message: string) => void): OnCorrupt {
  return ({ modelId, step, detail }) => {
    warn(`model ${modelId}: checkpoint of step ${step} is damaged and was skipped (${detail})`);
  };
}
