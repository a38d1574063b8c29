/** Characters of 5 x 7 pixels, rows from the top: only those that axes and legends use. */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '.###. #...# #..## #.#.# ##..# #...# .###.',
  '1': '..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.',
  '2': '.###. #...# ....# ...#. ..#.. .#... #####',
  '3': '##### ...#. ..#.. ...#. ....# #...# .###.',
  '4': '...#. ..##. .#.#. #..#. ##### ...#. ...#.',
  '5': '##### #.... ####. ....# ....# #...# .###.',
  '6': '..##. .#... #.... ####. #...# #...# .###.',
  '7': '##### ....# ...#. ..#.. .#... .#... .#...',
  '8': '.###. #...# #...# .###. #...# #...# .###.',
  '9': '.###. #...# #...# .#### ....# ...#. .##..',
  '.': '..... ..... ..... ..... ..... .##.. .##..',
  '\u2212': '..... ..... ..... ##### ..... ..... .....',
  '[': '.###. .#... .#... .#... .#... .#... .###.',
  ']': '.###. ...#. ...#. ...#. ...#. ...#. .###.',
  a: '..... ..... .###. ....# .#### #...# .####',
  b: '#.... #.... #.##. ##..# #...# #...# ####.',
  e: '..... ..... .###. #...# ##### #.... .###.',
  l: '.##.. ..#.. ..#.. ..#.. ..#.. ..#.. .###.',
  z: '..... ..... ##### ...#. ..#.. .#... #####',
};

export const GLYPH = { width: 5, height: 7, gap: 1 } as const;

/** The lit pixels [x, y] of a text; unknown characters are blank. */
export function listTextPixels(text: string): (readonly [x: number, y: number])[] {
  return Array.from(text).flatMap((letter, place) =>
    (GLYPHS[letter] ?? '')
      .split(' ')
      .flatMap((row, y) =>
        Array.from(row).flatMap((pixel, x) =>
          pixel === '#' ? [[place * (GLYPH.width + GLYPH.gap) + x, y] as const] : [],
        ),
      ),
  );
}

/** In pixels of the font. */
export function measureText(text: string): number {
  return Math.max(0, text.length * (GLYPH.width + GLYPH.gap) - GLYPH.gap);
}
