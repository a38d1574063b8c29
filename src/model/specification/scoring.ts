/** Draws of z behind each score (src/model/scoring): fixed, so that scores can be compared with a calibration. */
export const SCORE_DRAWS = 64;
