import { nameOfLine } from '../../model/differences/find-lines.ts'
import type { PatchLine } from '../../model/differences/patch-lines.ts'
import { markWords, type Run } from '../../model/differences/word-marks.ts'
import { Pieces } from '../words/foreign.tsx'

interface LineProps {
  line: PatchLine
  path: string
  /** The id of the line that the address names. */
  target: string
}

const ELEMENTS = { '+': 'ins', '-': 'del', ' ': 'div' } as const

/**
 * One element a line, which says to screen readers whether it came or went; the numbers are drawn by the style sheet, so
 * that a copied selection has the text alone.
 */
export function Line({ line, path, target }: LineProps) {
  const { sign, before, after } = line
  const Element = ELEMENTS[sign]
  const id = nameOfLine(path, line)
  return (
    <Element
      class={`line-of-patch ${id === target ? 'is-target' : ''}`}
      data-before={before ?? ''}
      data-after={after ?? ''}
      data-sign={sign === '-' ? '−' : sign}
      id={id}
    >
      <Words line={line} />
    </Element>
  )
}

interface PairProps {
  left?: PatchLine
  right?: PatchLine
  path: string
  target: string
}

/** Two lines beside each other. An unchanged line is named once, on the right. */
export function Pair({ left, right, path, target }: PairProps) {
  return (
    <div class="pair">
      {left ? <Line line={{ ...left, after: undefined }} path={path} target={target} /> : <Blank />}
      {right ? <Line line={right} path={path} target={target} /> : <Blank />}
    </div>
  )
}

const Blank = () => <div class="line-empty" />

function Words({ line }: { line: PatchLine }) {
  const runs = runsOf(line)
  if (!runs) return <Pieces text={line.text} />
  return (
    <>
      {runs.map(({ at, text, isChanged }) =>
        isChanged ? (
          <mark key={at}>
            <Pieces text={text} />
          </mark>
        ) : (
          <Pieces key={at} text={text} />
        ),
      )}
    </>
  )
}

function runsOf({ sign, text, partner }: PatchLine): Run[] | undefined {
  if (!partner) return undefined
  return sign === '-' ? markWords(text, partner.text)?.before : markWords(partner.text, text)?.after
}
