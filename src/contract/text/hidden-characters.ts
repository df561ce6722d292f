/**
 * Invisible code points, as the inside of a character class for the flag `u`: Unicode's default ignorables (assigned
 * or not), format and annotation controls, line separators, blanks that are letters or symbols, and noncharacters.
 * Controls and surrogates are not included.
 */
export const HIDDEN =
  '\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}' +
  '\\u{2060}-\\u{206f}\\u{2800}\\u{3164}\\u{fdd0}-\\u{fdef}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{ffa0}\\u{fff0}-\\u{fffc}' +
  '\\u{16fe4}\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}\\u{1d159}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}' +
  '\\p{Noncharacter_Code_Point}'

/** Blanks of unusual widths: a reader sees a blank, but not which one. */
export const BLANKS = '\\u{1680}\\u{2000}-\\u{200a}\\u{205f}'

/** Names of the frequent code points, from Unicode, in lower case. */
const NAMES: Record<number, string> = {
  0: 'NUL',
  27: 'escape',
  173: 'soft hyphen',
  847: 'combining grapheme joiner',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  10240: 'blank braille',
  12644: 'Hangul filler',
  65279: 'byte order mark',
}

/** A code point in the notation of messages: `U+200D (zero width joiner)`. */
export function nameOfPoint(point: number): string {
  const code = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  const name = NAMES[point] ?? selectorName(point)
  return name ? `${code} (${name})` : code
}

function selectorName(point: number): string | undefined {
  const isSelector = (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef)
  return isSelector ? 'variation selector' : undefined
}
