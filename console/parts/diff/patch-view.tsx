import { useEffect, useState } from 'preact/hooks'
import type { VersionDiff } from '../../data/queries.ts'
import { nameOfLine } from '../../model/differences/find-lines.ts'
import {
  countLines,
  ignoreBlanks,
  type PatchHunk,
  type PatchLine,
  pairRows,
  readPatch,
} from '../../model/differences/patch-lines.ts'
import { plural } from '../../model/texts/plural.ts'

import { Block } from '../words/block.tsx'
import { Foreign } from '../words/foreign.tsx'
import { memo } from '../words/memo.ts'
import { FieldChangeList } from './field-changes.tsx'
import { FindInPatch } from './find-in-patch.tsx'
import { Line, Pair } from './patch-line.tsx'

export interface PatchForm {
  isSplit: boolean
  /** Whether lines that differ in blanks alone count as changed. */
  showsBlanks: boolean
}

export interface PatchProps extends PatchForm {
  file: Omit<VersionDiff['files'][number], 'sizes'> & { sizes: readonly number[] }
  /** The id of the line that the address names. */
  target: string
  /** Shows more unchanged lines around each change. */
  expand?: () => void
}

/** Up to so many lines are all in the document, so that the browser finds text in them. */
const ALL_AT_ONCE = 1000
/** Lines of a block, in longer changes. */
const BLOCK = 100
/** Longer changes are shown when they are asked for. */
const FOLDED = 20_000

/** The change of one file: its lines where it is a text, its sizes where it is not. */
export const PatchView = memo(function PatchView({ file, showsBlanks, ...rest }: PatchProps) {
  const [isOpen, setOpen] = useState(false)
  const [found, setFound] = useFound()
  const read = file.patch ? readPatch(file.patch) : []
  const hunks = showsBlanks ? read : ignoreBlanks(read)
  const length = hunks.reduce((sum, { lines }) => sum + lines.length, 0)
  return (
    <section class="file" id={file.path} aria-label={file.path}>
      <PatchHead file={file} hunks={hunks} />
      {length > ALL_AT_ONCE && (length <= FOLDED || isOpen) && (
        <FindInPatch path={file.path} lines={hunks.flatMap(({ lines }) => lines)} show={setFound} />
      )}
      {file.fields ? (
        <FieldChangeList fields={file.fields} />
      ) : (
        hunks.length === 0 && <p class="soft file-note">{tellSizes(file)}</p>
      )}
      {length > FOLDED && !isOpen ? (
        <p class="file-note">
          <button type="button" onClick={() => setOpen(true)}>
            Show {length.toLocaleString('en')} lines
          </button>
        </p>
      ) : (
        <div class={`patch ${rest.isSplit ? 'is-split' : ''}`}>
          {hunks.map((hunk) => (
            <Hunk
              key={hunk.lines[0] && keyOf(hunk.lines[0])}
              hunk={hunk}
              path={file.path}
              isLong={length > ALL_AT_ONCE}
              {...rest}
              target={found ?? rest.target}
            />
          ))}
        </div>
      )}
    </section>
  )
})

/** The line that was searched for, which the page shows. */
function useFound(): [found: string | undefined, setFound: (line: string | undefined) => void] {
  const [found, setFound] = useState<string>()
  useEffect(() => {
    if (found !== undefined) document.getElementById(found)?.scrollIntoView({ block: 'center' })
  }, [found])
  return [found, setFound]
}

function PatchHead({
  file: { path, change, patch },
  hunks,
}: Pick<PatchProps, 'file'> & { hunks: PatchHunk[] }) {
  const { added, removed } = countLines(hunks)
  return (
    <h3 class="file-head">
      <code class="file-name">
        <Foreign text={path} />
      </code>
      {change !== 'changed' && <span class="soft">{change}</span>}
      {patch && (
        <span class="count">
          <span class="is-live">+{added}</span> <span class="is-danger">−{removed}</span>
        </span>
      )}
    </h3>
  )
}

interface HunkProps extends Pick<PatchProps, 'isSplit' | 'target' | 'expand'> {
  hunk: PatchHunk
  path: string
  isLong: boolean
}

function Hunk({ hunk: { skipped, lines }, path, isSplit, isLong, target, expand }: HunkProps) {
  const name = (line: PatchLine | undefined) => line && nameOfLine(path, line)
  const rows = isSplit
    ? pairRows(lines).map(([left, right]) => ({
        key: `${left ? keyOf(left) : ''} ${right ? keyOf(right) : ''}`,
        ids: [name(left), name(right)],
        draw: () => <Pair left={left} right={right} path={path} target={target} />,
      }))
    : lines.map((line) => ({
        key: keyOf(line),
        ids: [name(line)],
        draw: () => <Line line={line} path={path} target={target} />,
      }))
  return (
    <div class="hunk">
      {skipped > 0 && <Skipped count={skipped} expand={expand} />}
      {cut(rows, isLong ? BLOCK : rows.length).map((block) => (
        <Block
          key={block[0]?.key}
          rows={block}
          isAlwaysShown={!isLong || (target !== '' && block.some(({ ids }) => ids.includes(target)))}
        />
      ))}
    </div>
  )
}

function Skipped({ count, expand }: { count: number; expand?: () => void }) {
  const text = plural(count, 'unchanged line')
  return (
    <p class="skipped soft">
      {text}
      {expand && (
        <button type="button" class="quiet" onClick={expand}>
          Show more of them
        </button>
      )}
    </p>
  )
}

function cut<T>(rows: readonly T[], size: number): T[][] {
  const count = Math.ceil(rows.length / Math.max(1, size))
  return Array.from({ length: count }, (_none, at) => rows.slice(at * size, (at + 1) * size))
}

const keyOf = ({ sign, before, after }: PatchLine) => `${sign}${before ?? ''}:${after ?? ''}`

function tellSizes({ sizes: [before, after], change }: PatchProps['file']): string {
  if (change === 'added') return `${after ?? 0} bytes`
  if (change === 'removed') return `${before ?? 0} bytes before`
  return `${before ?? 0} → ${after ?? 0} bytes`
}
