import { AppError, type Problem } from '../errors.ts';
import { CallFailed } from './client.ts';
import { escapeControls } from './terminal.ts';

/** What went wrong in plain words: a sentence, and below it every problem that it does not name, on a line of its own. */
export function explainError(error: unknown): string {
  if (error instanceof CallFailed && error.refusal !== null) {
    const { detail, problems } = error.refusal;
    return listProblems(detail, problems);
  }
  if (error instanceof AppError) {
    return listProblems(error.message, error.problems);
  }
  return escapeControls(error instanceof Error ? error.message : String(error));
}

const listProblems = (sentence: string, problems: readonly Problem[]): string =>
  [
    sentence,
    ...problems
      .filter(({ detail }) => problems.length > 1 || !sentence.includes(detail))
      .map(({ pointer, detail }) => `  ${pointer}: ${detail}`),
  ]
    .map(escapeControls)
    .join('\n');
