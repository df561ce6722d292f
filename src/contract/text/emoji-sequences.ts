const PICTURE = '\\p{Extended_Pictographic}(?:\\u{fe0f}|\\p{Emoji_Modifier})?'

/**
 * Anything that may be an emoji with hidden characters inside, as part of a pattern with the flag `u`: joined
 * pictures, a keycap, a regional flag in tag characters.
 */
export const EMOJI_SEQUENCE =
  `${PICTURE}(?:\\u{200d}${PICTURE})+|[0-9#*]\\u{fe0f}\\u{20e3}|` +
  '\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}'

/** The flag `v` is from 2024: Node 20 and Deno support it, the compiler's target does not. */
const SETS = 'v'

let listedSequences: RegExp | undefined

const EMOJI = /\p{Emoji}/u
const EMOJI_BY_DEFAULT = /\p{Emoji_Presentation}/u
const MODIFIER = /\p{Emoji_Modifier}/u

/** Whether U+FE0E and U+FE0F may follow a character. */
export function isEmoji(char: string): boolean {
  return EMOJI.test(char)
}

/** Whether a character is an emoji only if U+FE0F follows it. */
export function isTextByDefault(char: string): boolean {
  return EMOJI.test(char) && !EMOJI_BY_DEFAULT.test(char)
}

/**
 * Whether Unicode recommends an emoji sequence for interchange. Its presentation selectors may be omitted, as in many
 * texts (`emoji-test.txt` lists those as minimally qualified and unqualified), but must not be in any other place.
 */
export function isListedEmoji(sequence: string): boolean {
  const chars = [...sequence]
  const full = fullyQualified(chars.filter((char) => char !== '\ufe0f'))
  let at = 0
  for (const char of full) if (char === chars[at]) at++
  return at === chars.length && isRecommended(full.join(''))
}

/**
 * Builds the pattern at the first use, because that takes 25 ms. The pattern has no `$`: V8 15 misses surrogate pairs
 * in a class before it.
 */
function isRecommended(sequence: string): boolean {
  listedSequences ??= new RegExp('^\\p{RGI_Emoji}', SETS)
  return listedSequences.exec(sequence)?.[0] === sequence
}

function fullyQualified(chars: readonly string[]): string[] {
  return chars.flatMap((char, at) => {
    const next = chars[at + 1]
    const isBare = isTextByDefault(char) && !(next !== undefined && MODIFIER.test(next))
    return isBare ? [char, '\ufe0f'] : [char]
  })
}
