import { nameOf } from '../../contract/name.ts'
import type { Head } from '../../core/registry/registry.ts'
import type { Screen } from '../terminal/screen.ts'
import { count, leftOut, type TableColumn, tableLines } from './table.ts'
import { shownTime } from './time.ts'

/** `leave` is the order in which a narrow screen leaves columns out. */
export const headColumns = (isGrouped: boolean): TableColumn<Head>[] => [
  { heading: 'DEFINITION', of: (head) => (isGrouped ? `  ${head.id}` : nameOf(head)), least: 24 },
  {
    heading: 'VERSION',
    of: (head) => (head.version === null ? `draft ${head.draftVersion}` : `v${head.version}`),
  },
  { heading: 'STATE', of: presentState },
  { heading: 'COMMIT', of: ({ commit }) => commit.sha.slice(0, 12), leave: 1 },
  { heading: 'UPDATED', of: ({ updatedAt }, screen) => shownTime(updatedAt, screen), leave: 3 },
  { heading: 'NAME', of: ({ description }) => description.name, least: 12, leave: 2 },
]

/**
 * One line for each definition, and on a screen a heading for each kind.
 * @param total the number of definitions that were compared with the filters
 */
export function presentHeads(heads: readonly Head[], screen: Screen, total: number): string {
  if (heads.length === 0)
    return total === 0
      ? 'Nothing has been published yet.'
      : 'No definition matches (removed ones are listed with --state removed).'
  const kinds = [...new Set(heads.map(({ kind }) => kind))]
  const isGrouped = !screen.wide && kinds.length > 1
  const { heading, lines, left } = tableLines(headColumns(isGrouped), heads, screen)
  const body = isGrouped ? kinds.flatMap((kind) => renderGroup(kind, heads, lines)) : lines
  return [heading, ...body, count(heads.length, 'definition'), ...leftOut(left, screen)].join('\n')
}

function renderGroup(kind: string, heads: readonly Head[], lines: readonly string[]): string[] {
  const own = lines.filter((_, at) => heads[at]?.kind === kind)
  return [`${kind} (${own.length})`, ...own]
}

/** The state, and whether an operator keeps the definition disabled or content of it is held. */
function presentState({ state, disabled, hold }: Head): string {
  const marks = [
    ...(disabled ? ['by an operator'] : []),
    ...(hold.some((one) => !one.withdrawn) ? ['held'] : []),
  ]
  return [state, ...marks].join(', ')
}
