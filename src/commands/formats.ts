import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { loadFormats } from '../cli/plugins/load-formats.ts'
import { table } from '../cli/present/table.ts'
import type { ExchangeFormat } from '../exchange/contract/format.ts'
import { IMPORT_FORMATS } from '../import/other-agents/import-formats.ts'

export default class Formats extends BaseCommand {
  static override summary = 'List the formats that definitions are exchanged in, and what each loses.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  async run(): Promise<Answer<'formats'>> {
    await this.parse(Formats)
    const rows = (await loadFormats(this.config)).map(describe)
    const columns = [
      { heading: 'FORMAT', of: ({ id }: Row) => id },
      { heading: 'PROGRAM', of: ({ title }: Row) => title, least: 12 },
      { heading: 'DIRECTIONS', of: ({ directions }: Row) => directions.join(', ') || null },
      { heading: 'KINDS', of: ({ kinds }: Row) => kinds.join(', ') },
      { heading: 'LIMITS NOT WRITTEN', of: ({ lost }: Row) => lost.join(', '), leave: 1, least: 20 },
    ]
    return this.answer({ formats: rows }, table(columns, rows, this.screen))
  }
}

type Row = ReturnType<typeof describe>

function describe({
  id,
  title,
  kinds,
  places,
  clients = [],
  limits,
  read,
  write,
  writes = [],
  reads = [],
}: ExchangeFormat) {
  const isRead = read !== undefined || IMPORT_FORMATS.some((format) => format.id === id)
  const directions: ('import' | 'export')[] = [
    ...(isRead ? (['import'] as const) : []),
    ...(write ? (['export'] as const) : []),
  ]
  const lost = writes.filter((row) => row.limits && row.outcome !== 'mapped').map(({ field }) => field)
  return {
    id,
    title,
    directions,
    kinds: [...kinds],
    places: [...places],
    clients: [...clients],
    limits: limits.map(({ field, rule }) => ({ field, rule })),
    lost: [...new Set(lost)],
    writes: [...writes],
    reads: [...reads],
  }
}
