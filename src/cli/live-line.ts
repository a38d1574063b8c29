import type { Environment } from '../config.ts';
import { isTerminal, type Output } from './terminal.ts';

/** A line that is rewritten on a terminal, and not written elsewhere. */
export interface LiveLine {
  show(text: string): void;
  /** Removes it. Safe to call twice. */
  clear(): void;
}

const CLEAR_LINE = '\r\u001b[K';

export function createLiveLine(output: Output, environment: Environment): LiveLine {
  const live = isTerminal(output, environment);
  let shown = '';
  return {
    show: (text) => {
      if (!live || text === shown) return;
      output.write(CLEAR_LINE + text);
      shown = text;
    },
    clear: () => {
      if (shown !== '') output.write(CLEAR_LINE);
      shown = '';
    },
  };
}
