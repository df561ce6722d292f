import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link, useSearch } from 'wouter-preact'
import type { Row } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { carryQuery } from '../../model/address/url-state.ts'
import { isTyping } from '../shell/keys.ts'
import { Foreign } from '../words/foreign.tsx'
import { memo } from '../words/memo.ts'
import { Status } from '../words/status.tsx'
import { Tag } from '../words/tag.tsx'
import { Time } from '../words/time.tsx'
import { useRowHeight, useWindow } from './use-window.ts'

const COLUMNS = ['Status', 'Id', 'Name', 'Version', 'Owner', 'Since']
/** What publishers see as well. */
const INNER_COLUMNS = ['By', 'Why']

interface RowsProps {
  kind: string
  /** The rows that were read; the others are read when the reader comes near. */
  rows: Row[]
  total: number
  /** Reads more rows; absent while it does, and at the end. */
  more?: () => void
  /** Definitions that changed while the list is read. */
  moved: ReadonlySet<string>
}

/** Rows near the screen are in the document, the others are space: 10,000 definitions scroll like ten. */
export function DefinitionRows({ kind, rows, total, more, moved }: RowsProps) {
  const box = useRef<HTMLTableElement>(null)
  const height = useRowHeight()
  const { first, last } = useWindow(box, total, height)
  const { publisher } = useSession()
  useEffect(() => {
    if (more && last >= rows.length - 20) more()
  }, [more, last, rows.length])
  useRowKeys(box)
  const end = Math.min(last, rows.length)
  // What every link carries; a search of the same kind changes neither it nor the rows that are still shown.
  const carried = carryQuery('', useSearch())
  const columns = publisher ? [...COLUMNS, ...INNER_COLUMNS] : COLUMNS
  return (
    <table ref={box} class={`rows ${publisher ? 'is-inner' : ''}`} aria-rowcount={total + 1}>
      <thead>
        <tr class="row is-head" aria-rowindex={1}>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <Gap height={Math.min(first, end) * height} />
        {rows.slice(first, end).map((row, at) => (
          <DefinitionRow
            key={row.id}
            href={`/${kind}/${row.id}${carried}`}
            row={row}
            index={first + at + 2}
            isInner={publisher}
            isMoved={moved.has(row.id)}
          />
        ))}
        <Gap height={(total - end) * height} />
      </tbody>
    </table>
  )
}

/** The space of rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return height > 0 ? <tr class="gap" style={{ height: `${height}px` }} /> : null
}

interface RowProps {
  href: string
  row: Row
  index: number
  isInner: boolean
  isMoved: boolean
}

const DefinitionRow = memo(function DefinitionRow({ href, row, index, isInner, isMoved }: RowProps) {
  const cells: Record<string, ComponentChildren> = {
    status: <Status state={row.status} />,
    id: (
      <Link href={href} class="row-link">
        <Foreign text={row.id} />
      </Link>
    ),
    name: <Foreign text={row.name} />,
    version: <Version row={row} isMoved={isMoved} />,
    owner: <Foreign text={row.owner ?? ''} />,
    since: <Time iso={row.updatedAt} />,
    ...(isInner && {
      by: <Foreign text={row.head?.actor ?? ''} />,
      why: <Foreign text={row.head?.reason ?? ''} />,
    }),
  }
  return (
    <tr class={isMoved ? 'row is-moved' : 'row'} aria-rowindex={index}>
      {Object.entries(cells).map(([name, cell]) => (
        <td key={name} class={`is-${name}`}>
          {cell}
        </td>
      ))}
    </tr>
  )
})

function Version({ row: { version, head }, isMoved }: Pick<RowProps, 'row' | 'isMoved'>) {
  return (
    <>
      {version === null ? <span class="soft">–</span> : `v${version}`}
      {isMoved && <Tag tone="live">moved</Tag>}
      {head?.draftVersion && <Tag tone="attention">draft v{head.draftVersion}</Tag>}
      {head && head.held.length > 0 && <Tag tone="attention">held</Tag>}
    </>
  )
}

/** `j` and `k` move the focus from row to row; Enter follows the link, as everywhere. */
function useRowKeys(box: RefObject<HTMLTableElement>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || (event.key !== 'j' && event.key !== 'k')) return
      const links = [...(box.current?.querySelectorAll<HTMLAnchorElement>('.row-link') ?? [])]
      const here = links.findIndex((link) => link.matches(':focus'))
      links[Math.max(0, here + (event.key === 'j' ? 1 : -1))]?.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [box])
}
