import type { Environment } from '../config.ts';

/** The writable side of a terminal or pipe. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Whether the output can rewrite lines. */
export function isTerminal(output: Output, environment: Environment): boolean {
  return output.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Follows no-color.org. */
export function usesColour(output: Output, environment: Environment): boolean {
  return isTerminal(output, environment) && (environment['NO_COLOR'] ?? '') === '';
}
