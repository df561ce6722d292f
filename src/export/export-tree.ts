import { resolve } from 'node:path'
import type { WorkingTree } from '../core/tree/tree.ts'
import { clearLeftovers } from './apply-export.ts'
import type { ExportCache } from './export-cache.ts'
import {
  type ExportOptions,
  type ExportOutcome,
  exportDefinitions,
  startReport,
} from './export-definitions.ts'
import { readTreeItems, selectFolders } from './export-items.ts'

/**
 * Writes definitions of a working tree in another format. Where the cache knows that neither they nor the target have
 * changed since the last export, no definition is read.
 * @throws Failure USAGE, NO_DEFINITIONS, NOT_FOUND, DISK_FULL, INPUT_UNREADABLE
 */
export async function exportTree(
  tree: WorkingTree,
  options: ExportOptions,
  cache?: ExportCache,
): Promise<ExportOutcome> {
  const earlier = cache?.find(selectFolders(tree, options.selections))
  if (earlier) {
    // The record is that of an export that ended, so only a later one can have left its own.
    if (!options.check && !options.dryRun) clearLeftovers(resolve(options.to), new Map())
    const files = earlier.files.map((path) => ({ path, state: 'unchanged' as const }))
    return { report: { ...startReport(options, earlier), files }, diagnostics: [...earlier.diagnostics] }
  }
  const read = await readTreeItems(tree, options.selections)
  const outcome = await exportDefinitions(read, options)
  const { report, diagnostics, target } = outcome
  const { definitions, skipped, ledger } = report
  const files = report.files.map(({ path }) => path)
  if (target) cache?.keep(read.folders, { definitions, skipped, ledger, files, diagnostics }, target)
  return outcome
}
