import { pathProblem, pathTwins } from '../contract/check/file-rules.ts'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { nameOf } from '../contract/name.ts'
import { locate } from '../core/validate/locate.ts'
import type { ExportFinding, LedgerRow, WrittenFile } from '../exchange/contract/format.ts'
import { isLoss } from '../exchange/contract/ledger.ts'
import { exportFinding } from '../exchange/contract/rules.ts'
import type { ShownItem } from './export-items.ts'
import { RECORD_FILE } from './export-record.ts'

/** Paths that lead out of the target, or that two files would have on a disk that folds case. */
export function pathFindings(files: readonly WrittenFile[]): ExportFinding[] {
  const twins = new Map(pathTwins(files.map(({ path }) => path)))
  return files.flatMap(({ path, from: [of = { kind: '', id: '' }] }) => {
    const first = twins.get(path)
    const problem =
      pathProblem(path) ??
      (path === RECORD_FILE ? 'is the record of exports' : undefined) ??
      (first === undefined ? undefined : `is ${first} on a disk that folds case`)
    if (problem === undefined) return []
    const message = `the file ${JSON.stringify(path)} ${problem}`
    const hint = 'report it to the author of the format, or rename the definition'
    return [{ ...exportFinding('NOFX_EXPORT_PATH', { file: '.' }, message, hint), of }]
  })
}

/** Fields that limit an agent and that the export does not write as they are. */
export function lossFindings(items: readonly ShownItem[], ledger: readonly LedgerRow[]): ExportFinding[] {
  const bySource = new Map(items.map(({ definition }) => [nameOf(definition), definition]))
  return ledger.filter(isLoss).flatMap((row) => {
    const definition = bySource.get(row.source)
    if (!definition) return []
    const place = { file: definition.manifestPath, pointer: pointerTo(definition.manifest, row.at) }
    const message = `${row.at} would be ${row.outcome}: ${row.reason}`
    const hint = 'change the definition, or export without --strict'
    return [{ ...exportFinding('NOFX_EXPORT_LOSS', place, message, hint), of: definition }]
  })
}

/** The part of a path that the manifest has. */
function pointerTo(manifest: unknown, at: string): string[] {
  const pointer: string[] = []
  let value = manifest
  for (const key of at.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) break
    value = (value as Record<string, unknown>)[key]
    pointer.push(key)
  }
  return pointer
}

/** Findings with the place of each in its definition. */
export async function locateAll(
  findings: readonly ExportFinding[],
  items: readonly ShownItem[],
): Promise<Diagnostic[]> {
  const byItem = new Map<string, ExportFinding[]>()
  for (const finding of findings) {
    const name = nameOf(finding.of)
    const own = byItem.get(name)
    if (own) own.push(finding)
    else byItem.set(name, [finding])
  }
  const itemsByName = new Map(items.map((item) => [nameOf(item.definition), item]))
  const located = await Promise.all(
    [...byItem].map(([name, own]) => {
      const item = itemsByName.get(name)
      const { kind, id } = own[0]?.of ?? { kind: '', id: '' }
      return locate(own, { kind, id, dir: item?.dir ?? name, texts: item?.definition.texts ?? new Map() })
    }),
  )
  return located.flat()
}
