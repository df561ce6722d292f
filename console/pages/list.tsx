import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLocation, useParams, useSearch } from 'wouter-preact'
import { type Row, useDefinitions } from '../data/queries.ts'
import { withQuery } from '../model/url-state.ts'
import { Command } from '../parts/copy.tsx'
import { Empty } from '../parts/empty.tsx'
import { Foreign } from '../parts/foreign.tsx'
import { Heading } from '../parts/heading.tsx'
import { isTyping } from '../parts/keys.ts'
import { Link } from '../parts/link.tsx'
import { ProblemView } from '../parts/problem.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { Status } from '../parts/status.tsx'
import { Time } from '../parts/time.tsx'
import { useWindow } from '../parts/use-window.ts'

const FILTERS = ['status', 'tag', 'skill', 'category', 'search', 'env'] as const

/** The definitions of a kind. */
export default function List() {
  const { kind = '' } = useParams<{ kind: string }>()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? undefined]))
  const list = useDefinitions(kind, filters)
  const rows = list.data?.pages.flatMap(({ body }) => body.items) ?? []
  return (
    <div class="page is-wide">
      <div class="page-head">
        <Heading title={kind.charAt(0).toUpperCase() + kind.slice(1)} />
        <FilterBar kind={kind} search={search} />
      </div>
      {list.error ? (
        <ProblemView error={list.error} retry={() => list.refetch()} />
      ) : list.isPending ? (
        <Skeleton rows={8} />
      ) : rows.length === 0 ? (
        <Nothing kind={kind} isFiltered={FILTERS.some((name) => name !== 'env' && query.has(name))} />
      ) : (
        <Rows rows={rows} more={list.hasNextPage ? () => list.fetchNextPage() : undefined} />
      )}
      <p class="page-foot">
        <Command text={commandOf(kind, filters)} />
      </p>
    </div>
  )
}

function Nothing({ kind, isFiltered }: { kind: string; isFiltered: boolean }) {
  return isFiltered ? (
    <Empty>
      No {kind} match these filters. <Link to={`/${kind}`}>Show all</Link>
    </Empty>
  ) : (
    <Empty command={`nofx registry publish ${kind}`}>Published {kind} stand here.</Empty>
  )
}

const STATES = ['active', 'deprecated', 'draft', 'disabled', 'removed']

function FilterBar({ kind, search }: { kind: string; search: string }) {
  const [, navigate] = useLocation()
  const query = new URLSearchParams(search)
  const set = (name: string, value: string | undefined) =>
    navigate(`/${kind}${withQuery(search, { [name]: value })}`)
  return (
    <div class="filters">
      <label>
        <span class="visually-hidden">Status</span>
        <select
          value={query.get('status') ?? ''}
          onChange={({ currentTarget }) => set('status', currentTarget.value)}
        >
          <option value="">every status</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state}
            </option>
          ))}
        </select>
      </label>
      {FILTERS.filter((name) => name !== 'status' && name !== 'env' && query.has(name)).map((name) => (
        <button key={name} type="button" class="chip" onClick={() => set(name, undefined)}>
          {name} <Foreign text={query.get(name) ?? ''} /> <span aria-label="remove this filter">×</span>
        </button>
      ))}
    </div>
  )
}

/** Rows near the screen are in the document, the others are space: 10,000 definitions scroll like ten. */
function Rows({ rows, more }: { rows: Row[]; more?: () => void }) {
  const box = useRef<HTMLTableElement>(null)
  const { first, last } = useWindow(box, rows.length, 36)
  useEffect(() => {
    if (more && last >= rows.length - 20) more()
  }, [more, last, rows.length])
  useRowKeys(box)
  return (
    <table ref={box} class="rows" aria-rowcount={more ? -1 : rows.length + 1}>
      <thead>
        <tr class="row is-head" aria-rowindex={1}>
          {COLUMNS.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <Gap rows={first} />
        {rows.slice(first, last).map((row, at) => (
          <DefinitionRow key={row.id} row={row} index={first + at + 2} />
        ))}
        <Gap rows={rows.length - last} />
      </tbody>
    </table>
  )
}

const COLUMNS = ['Status', 'Id', 'Name', 'Version', 'Owner', 'Updated']

/** The space of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return rows > 0 ? <tr class="gap" style={{ height: `${rows * 36}px` }} /> : null
}

function DefinitionRow({ row, index }: { row: Row; index: number }) {
  const cells = [
    <Status key="status" state={row.status} />,
    <Link key="id" to={`/${row.kind}/${row.id}`} class="row-link">
      <Foreign text={row.id} />
    </Link>,
    <Foreign key="name" text={row.name} />,
    <span key="version">
      v{row.version}
      {row.declaredVersion && (
        <span class="soft">
          {' '}
          <Foreign text={row.declaredVersion} />
        </span>
      )}
    </span>,
    <Foreign key="owner" text={row.owner ?? ''} />,
    <Time key="updated" iso={row.updatedAt} />,
  ]
  return (
    <tr class="row" aria-rowindex={index}>
      {cells.map((cell) => (
        <td key={cell.key}>{cell}</td>
      ))}
    </tr>
  )
}

/** `j` and `k` move the focus from row to row; Enter follows the link, as everywhere. */
function useRowKeys(box: RefObject<HTMLTableElement>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || (event.key !== 'j' && event.key !== 'k')) return
      const links = [...(box.current?.querySelectorAll<HTMLAnchorElement>('.row-link') ?? [])]
      const here = links.indexOf(document.activeElement as HTMLAnchorElement)
      links[Math.max(0, here + (event.key === 'j' ? 1 : -1))]?.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [box])
}

/** The command that prints the same list. */
function commandOf(kind: string, filters: Readonly<Record<string, string | undefined>>): string {
  const flags = Object.entries(filters).flatMap(([name, value]) =>
    value ? [`--${name} ${quote(value)}`] : [],
  )
  return ['nofx registry list', kind, ...flags].join(' ')
}

const quote = (text: string) => (/^[\w@./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
