/** Numbers for people, with English grouping in any locale. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A bound in nats with one decimal, or `-` if there is none yet. */
export const formatNats = (value: number | null): string => (value === null ? '-' : value.toFixed(1));

/** 0:21, 12:05, 1:02:03. */
export function formatClock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** The text in lines of at most `width` characters, broken at spaces, each after the indent; the first after `start` instead. */
export function wrapText(text: string, width: number, indent = '', start = indent): string {
  const lines: string[] = [];
  let line = start;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, isEmpty] = [indent, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

const MOST_NAMES = 10;

/** Names in a sentence; further ones are only counted. */
export function formatNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${formatCount(more)} more` : '');
}
