import { headColumns } from '../../../src/cli/present/heads.ts'
import { historyColumns } from '../../../src/cli/present/history.ts'
import { PREVIEW_COLUMNS } from '../../../src/cli/present/preview.ts'
import { MOVE_COLUMNS, RELEASE_COLUMNS } from '../../../src/cli/present/releases.ts'
import { REPORT_COLUMNS } from '../../../src/cli/present/reports.ts'
import { WEBHOOK_COLUMNS } from '../../../src/cli/present/webhooks.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { table } from './table.ts'

/** A column as far as the page is about it. */
interface Shown {
  heading: string
  leave?: number
}

/** The columns that a narrow screen leaves out of each table, in their order. */
export function columnsTable(): string {
  // The rows decide only what is in the columns, not which columns there are.
  const head = {} as Head
  const tables: [command: string, columns: readonly Shown[]][] = [
    ['registry list', headColumns(false)],
    ['registry history', MOVE_COLUMNS],
    ['registry history agents/reviewer', historyColumns(head, [])],
    ['registry releases', RELEASE_COLUMNS],
    ['reports list', REPORT_COLUMNS],
    ['webhooks list', WEBHOOK_COLUMNS],
    ['preview list', PREVIEW_COLUMNS],
  ]
  const rows = tables.map(([command, columns]) => [`\`${command}\``, orderOf(columns)])
  return table(['table', 'columns that are left out, the first one first'], rows)
}

function orderOf(columns: readonly Shown[]): string {
  const left = columns.flatMap(({ heading, leave }) => (leave === undefined ? [] : [{ heading, leave }]))
  return left
    .sort((a, b) => a.leave - b.leave)
    .map(({ heading }) => heading)
    .join(', ')
}
