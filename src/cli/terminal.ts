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

/**
 * The text with control characters written out, all but line breaks: names, URLs and other people's messages must neither move the
 * cursor of a terminal nor change the order in which its text is read.
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[^\P{Cc}\n]|\p{Bidi_Control}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
