import { countColumns, splitCharacters } from './columns.ts'

/** Letters of writings that put no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
/** A sequence that colours text, which a line may end or begin with. */
const COLOUR = /(\u001b\[[\d;]*m)/

let segmenter: Intl.Segmenter | undefined

/**
 * The places where a text without spaces may end a line: between the words of writings that put no spaces between
 * them. A sign stays with the word before it. Any other text, and one that fits, stays whole.
 */
export function breakWords(text: string, width: number): string[] {
  if (countColumns(text) <= width || !UNSPACED.test(text)) return [text]
  const pieces: string[] = []
  let start = ''
  for (const part of text.split(COLOUR)) {
    for (const { word, isLetters } of splitPart(part)) {
      const last = pieces.pop()
      if (isLetters) {
        if (last !== undefined) pieces.push(last)
        for (const piece of splitLong(start + word, width)) pieces.push(piece)
        start = ''
      } else if (last === undefined) start += word
      else pieces.push(last + word)
    }
  }
  return start === '' ? pieces : [...pieces, start]
}

function splitPart(part: string): { word: string; isLetters: boolean }[] {
  if (COLOUR.test(part)) return [{ word: part, isLetters: false }]
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' })
  return Array.from(segmenter.segment(part), ({ segment, isWordLike }) => ({
    word: segment,
    isLetters: isWordLike === true,
  }))
}

/** A word of such a writing that is itself wider than a line. */
function splitLong(word: string, width: number): string[] {
  return countColumns(word) <= width || !UNSPACED.test(word) ? [word] : splitCharacters(word)
}
