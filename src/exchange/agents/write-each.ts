import type {
  ExchangeFormat,
  ExportFinding,
  ExportItem,
  WriteOptions,
  WrittenFile,
} from '../contract/format.ts'
import type { LedgerPage } from '../contract/ledger.ts'

/** What a format makes of one agent. */
export interface WrittenAgent {
  file: WrittenFile
  findings: readonly ExportFinding[]
  page: LedgerPage
}

/** The `write` of a format that has one file for each agent. */
export function writeEach(
  write: (item: ExportItem, options: WriteOptions) => WrittenAgent,
): NonNullable<ExchangeFormat['write']> {
  return async (items, options) => {
    const parts = items.map((item) => write(item, options))
    return {
      files: parts.map(({ file }) => file),
      findings: parts.flatMap(({ findings }) => findings),
      ledger: parts.flatMap(({ page }) => page.rows),
    }
  }
}
