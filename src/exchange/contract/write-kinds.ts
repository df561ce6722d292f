import type { ExchangeFormat, ExportItem, WriteOptions, Written } from './format.ts'

type Write = NonNullable<ExchangeFormat['write']>

/** The `write` of a format with a writer for each kind, in the order of the writers. */
export function writeKinds(writers: Readonly<Record<string, Write>>): Write {
  return async (items, options) => joinWritten(await writeEachKind(writers, items, options))
}

function writeEachKind(
  writers: Readonly<Record<string, Write>>,
  items: readonly ExportItem[],
  options: WriteOptions,
): Promise<Written[]> {
  return Promise.all(
    Object.entries(writers).map(([kind, write]) => {
      const own = items.filter(({ definition }) => definition.kind === kind)
      return own.length > 0 ? write(own, options) : { files: [], findings: [], ledger: [] }
    }),
  )
}

/** Everything that several writers made. */
export function joinWritten(parts: readonly Written[]): Written {
  return {
    files: parts.flatMap(({ files }) => files),
    findings: parts.flatMap(({ findings }) => findings),
    ledger: parts.flatMap(({ ledger }) => ledger),
  }
}
