import type { Environment } from '../config.ts';

/** The part of a terminal or pipe that is written to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Whether lines can be rewritten. */
export function isTerminal(output: Output, environment: Environment): boolean {
  return output.isTTY === true && environment['TERM'] !== 'dumb';
}

/** See no-color.org. */
export function usesColour(output: Output, environment: Environment): boolean {
  return isTerminal(output, environment) && (environment['NO_COLOR'] ?? '') === '';
}
