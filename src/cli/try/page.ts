import { wrapText } from '../format.ts';
import { escapeControls } from '../terminal.ts';

/** Characters in a line of text. */
export const LINE = 100;

/** Something that the user should know. */
export const formatNote = (text: string): string => wrapText(escapeControls(text), LINE, '      ', 'Note: ');
