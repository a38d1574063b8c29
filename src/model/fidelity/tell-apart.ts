import { computeAuc, computeAucError, type Auc } from './auc.ts';
import { binRows } from './bins.ts';
import { fitBoostedTrees, scoreRow } from './boosted-trees.ts';
import type { Compared } from './compared.ts';

const FOLDS = 5;

/**
 * How well boosted trees tell rows of data from samples that they were not fitted to: the mean area under the ROC curve of five
 * folds. 0.5: not at all; 1: always.
 */
export function tellApart(compared: Compared): Auc {
  const { rows } = compared;
  const binned = binRows(compared);
  const all = Uint32Array.from({ length: 2 * rows }, (_, i) => i);
  const isData = (row: number): boolean => row < rows;
  const foldOf = (row: number): number => (row % rows) % FOLDS;
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const trees = fitBoostedTrees(
      binned,
      all.filter((row) => foldOf(row) !== fold),
      isData,
    );
    const scoreAll = (wanted: boolean): number[] =>
      Array.from(
        all.filter((row) => foldOf(row) === fold && isData(row) === wanted),
        (row) => scoreRow(trees, binned, row),
      );
    sum += computeAuc(scoreAll(true), scoreAll(false));
  }
  const value = sum / FOLDS;
  return { value, standardError: computeAucError(value, rows, rows) };
}
