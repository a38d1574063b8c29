import type { OnCorrupt } from '../store/models.ts';

/** Warns of each checkpoint that was passed over because it is damaged. */
export function warningOfDamage(warn: (message: string) => void): OnCorrupt {
  return ({ modelId, step, detail }) => {
    warn(`model ${modelId}: checkpoint of step ${step} is damaged and was passed over (${detail})`);
  };
}
