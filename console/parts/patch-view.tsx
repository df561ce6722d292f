import { countLines, type PatchLine, readPatch } from '../model/patch-lines.ts'
import { markWords, type Run } from '../model/word-marks.ts'
import { Foreign } from './foreign.tsx'
import { memo } from './memo.ts'

export type PatchForm = 'unified' | 'split'

interface FileChange {
  path: string
  change: string
  sizes: readonly number[]
  patch?: string
}

/** The change of one file: its lines where it is a text, its sizes where it is not. */
export const PatchView = memo(function PatchView({ file, form }: { file: FileChange; form: PatchForm }) {
  const hunks = file.patch ? readPatch(file.patch) : []
  const { added, removed } = countLines(hunks)
  return (
    <section class="file" id={file.path} aria-label={file.path}>
      <h3 class="file-head">
        <code>
          <Foreign text={file.path} />
        </code>
        {file.change !== 'changed' && <span class="soft">{file.change}</span>}
        <span class="count">
          <span class="is-live">+{added}</span> <span class="is-danger">−{removed}</span>
        </span>
      </h3>
      {hunks.length === 0 && <p class="soft file-note">{tellSizes(file)}</p>}
      <div class={`patch is-${form}`}>
        {hunks.map((hunk) => (
          <div key={hunk.lines[0]?.before ?? hunk.lines[0]?.after} class="hunk">
            {hunk.skipped > 0 && <p class="skipped soft">{hunk.skipped} unchanged lines</p>}
            {form === 'unified'
              ? hunk.lines.map((line) => <Line key={keyOf(line)} line={line} path={file.path} />)
              : pairRows(hunk.lines).map(([left, right]) => (
                  <div key={`${left ? keyOf(left) : ''}${right ? keyOf(right) : ''}`} class="pair">
                    {left ? <Line line={left} path={file.path} /> : <div class="line-empty" />}
                    {right ? <Line line={right} path={file.path} /> : <div class="line-empty" />}
                  </div>
                ))}
          </div>
        ))}
      </div>
    </section>
  )
})

const WORDS = { '+': 'added', '-': 'removed', ' ': '' }
const CLASSES = { '+': 'is-added', '-': 'is-removed', ' ': '' }

/** One element a line; the numbers are drawn by the style sheet, so that a copied selection has the text alone. */
function Line({ line, path }: { line: PatchLine; path: string }) {
  const { sign, before, after } = line
  return (
    <div
      class={`line-of-patch ${CLASSES[sign]}`}
      data-before={before ?? ''}
      data-after={after ?? ''}
      data-sign={sign}
      id={after === undefined ? undefined : `${path}:${after}`}
    >
      {sign !== ' ' && <span class="visually-hidden">{WORDS[sign]} </span>}
      <Words line={line} />
    </div>
  )
}

function Words({ line }: { line: PatchLine }) {
  const runs = runsOf(line)
  if (!runs) return <Foreign text={line.text} />
  const Mark = line.sign === '+' ? 'ins' : 'del'
  return (
    <>
      {runs.map(({ at, text, isChanged }) =>
        isChanged ? (
          <Mark key={at}>
            <Foreign text={text} />
          </Mark>
        ) : (
          <Foreign key={at} text={text} />
        ),
      )}
    </>
  )
}

function runsOf({ sign, text, partner }: PatchLine): Run[] | undefined {
  if (!partner) return undefined
  return sign === '-' ? markWords(text, partner.text)?.before : markWords(partner.text, text)?.after
}

/** Rows of a split view: what was on the left of what is; unchanged lines on both sides. */
function pairRows(lines: readonly PatchLine[]): [PatchLine | undefined, PatchLine | undefined][] {
  const rows: [PatchLine | undefined, PatchLine | undefined][] = []
  let removed: PatchLine[] = []
  let added: PatchLine[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) rows.push([removed[at], added[at]])
    removed = []
    added = []
  }
  for (const line of lines) {
    if (line.sign === '-') removed.push(line)
    else if (line.sign === '+') added.push(line)
    else {
      flush()
      rows.push([line, line])
    }
  }
  flush()
  return rows
}

const keyOf = ({ sign, before, after }: PatchLine) => `${sign}${before ?? ''}:${after ?? ''}`

function tellSizes({ sizes, change }: FileChange): string {
  const [before, after] = sizes
  if (change === 'added') return `${after ?? 0} bytes`
  if (change === 'removed') return `${before ?? 0} bytes before`
  return `${before ?? 0} → ${after ?? 0} bytes`
}
