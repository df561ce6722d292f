/** The beginning of a text, and how many lines it has in all. */
export interface FoldedText {
  shown: string
  lines: number
  isFolded: boolean
}

/** Lines that are shown of a longer text, and characters of a text with long lines. */
const LINES = 40
const CHARACTERS = 6000
/** A text that is only a little longer is shown whole. */
const SPARE = 1.25

/** Shortens a long text to its beginning, at the end of a line where one is near. */
export function foldText(text: string): FoldedText {
  const lines = countLines(text)
  if (lines <= LINES * SPARE && text.length <= CHARACTERS * SPARE)
    return { shown: text, lines, isFolded: false }
  const head = text.slice(0, CHARACTERS).split('\n').slice(0, LINES).join('\n')
  return { shown: head.isWellFormed() ? head : head.slice(0, -1), lines, isFolded: true }
}

function countLines(text: string): number {
  if (text === '') return 0
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
