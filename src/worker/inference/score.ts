import { toIndices } from '../../queue/arrays.ts';
import { UNCALIBRATED } from '../../queue/operations.ts';
import { collectColumns, collectScores } from '../scoring/collect-scores.ts';
import { collectExpected, chooseDetail } from '../scoring/collect-expected.ts';
import { columnsOf } from '../scoring/columns.ts';
import { always, checkWidth, type Runner } from './operation.ts';

/** Scores of rows, with their ranks among the calibration's. */
export const score: Runner<'score'> = {
  needsEncoder: always,
  run: async ({ inference, parameters, record, findCalibration }, { rows, byColumn, expected }) => {
    checkWidth(rows, inference.vae.dataSize);
    const found = await findCalibration();
    const calibration = typeof found === 'string' ? null : found;
    const columns = columnsOf(record);
    const { likelihood } = record.model;
    const scores = collectScores(rows.shape[0], calibration);
    const own = byColumn ? collectColumns(rows, columns, calibration) : null;
    const wanted = expected ? collectExpected(rows, columns, likelihood) : null;
    const details = expected ? [chooseDetail(likelihood)] : [];
    await inference.scoreRows(parameters, rows, { columns, details }, (scored) => {
      for (const collector of [scores, own, wanted]) collector?.add(scored);
    });
    return {
      ...scores.finish(),
      ...(typeof found === 'string' && { uncalibrated: toIndices([UNCALIBRATED.indexOf(found)]) }),
      ...own?.finish(),
      ...wanted?.finish(),
    };
  },
};
