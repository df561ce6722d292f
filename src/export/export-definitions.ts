import { resolve } from 'node:path'
import { type Diagnostic, isError } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import type { Covers } from '../contract/name.ts'
import { renderPatch } from '../core/diff/content-diff.ts'
import type { ExchangeFormat, LedgerRow, WriteOptions, WrittenFile } from '../exchange/contract/format.ts'
import { applyExport, clearLeftovers } from './apply-export.ts'
import { locateAll, lossFindings, pathFindings } from './export-findings.ts'
import { requireFlags } from './export-flags.ts'
import type { ExportSelection, ReadItems, ShownItem, SkippedItem } from './export-items.ts'
import { type FileState, type PlannedFile, planExport } from './export-plan.ts'
import { readRecord } from './export-record.ts'
import { readTarget } from './target-file.ts'
import { changesNothing, describeTarget, type TargetState } from './target-state.ts'

export interface ExportOptions {
  format: ExchangeFormat
  selections: readonly ExportSelection[]
  /** The folder that gets the files. */
  to: string
  client?: string
  bundle?: string
  baseUrl?: string
  with?: readonly string[]
  allowEffects?: boolean
  /** Compare, write nothing. */
  check?: boolean
  /** Remove what an earlier export wrote and this one does not. */
  prune?: boolean
  /** Overwrite files that no export wrote, or that were edited since. */
  force?: boolean
  /** Refuse to lose a field that limits what an agent may do. */
  strict?: boolean
  dryRun?: boolean
}

/** What became of one file. */
export interface ExportedFile {
  path: string
  state: FileState
  /** A unified diff, for files that differ where nothing is written. */
  diff?: string
}

export interface ExportReport {
  format: string
  client?: string
  to: string
  dryRun: boolean
  check: boolean
  definitions: number
  skipped: readonly SkippedItem[]
  files: readonly ExportedFile[]
  ledger: readonly LedgerRow[]
}

/** The report, the findings that stopped the export, and the failure that it ends with. */
export interface ExportOutcome {
  report: ExportReport
  diagnostics: Diagnostic[]
  failure?: Failure
  /** The target, where it is now as the export wants it and nothing of an earlier one is left. */
  target?: TargetState
}

/**
 * Writes definitions in another format: all files, or none where something is wrong with one of them.
 * @throws Failure USAGE, NO_DEFINITIONS, DISK_FULL, INPUT_UNREADABLE
 */
export async function exportDefinitions(read: ReadItems, options: ExportOptions): Promise<ExportOutcome> {
  const { format, allowEffects = false } = options
  requireWrite(options)
  requireFlags(options)
  requireSome(read, options)
  const { items, skipped } = read
  const client = clientOf(options)
  const { bundle, baseUrl, force } = options
  const askedPaths = new Set<string>()
  const earlier = (path: string) => {
    askedPaths.add(path)
    return textIn(options.to, path)
  }
  const writing = { client, allowEffects, bundle, baseUrl, with: options.with, force, earlier }
  const { files, findings, ledger } = await writeFormat(format, items, writing)
  const report = startReport(options, { definitions: items.length, skipped, ledger })
  const problems = [
    ...findings,
    ...pathFindings(files),
    ...(options.strict ? lossFindings(items, ledger) : []),
  ]
  const diagnostics = [...read.diagnostics, ...(await locateAll(problems, items))]
  if (diagnostics.some(isError)) return { report, diagnostics, failure: refused(diagnostics) }
  const request = { report, files, items, askedPaths }
  return { ...(await writePlanned(request, options)), diagnostics }
}

function clientOf({ client, format }: ExportOptions): string | undefined {
  return client ?? format.clients?.[0]
}

/** The report of an export before its files are compared with the target. */
export function startReport(
  options: ExportOptions,
  { definitions, skipped, ledger }: Pick<ExportReport, 'definitions' | 'skipped' | 'ledger'>,
): ExportReport {
  const { format, to, dryRun = false, check = false } = options
  const client = clientOf(options)
  const what = { format: format.id, ...(client === undefined ? {} : { client }), to }
  return { ...what, dryRun, check, definitions, skipped, files: [], ledger }
}

function requireWrite({ format, client }: ExportOptions): void {
  if (!format.write)
    throw new Failure('USAGE', `${format.id} cannot be written`, 'see the formats that can: nofx formats')
  if (client === undefined || format.clients?.includes(client)) return
  throw new Failure(
    'USAGE',
    format.clients
      ? `${format.id} has no client "${client}"`
      : `${format.id} is the format of one client, so --client has no meaning`,
    format.clients ? `use one of: ${format.clients.join(', ')}` : 'leave out --client',
  )
}

/** An empty tree is more often a wrong folder than an export of nothing; with --prune it may be meant. */
function requireSome({ items, skipped, diagnostics }: ReadItems, { prune, selections }: ExportOptions): void {
  if (prune || items.length + skipped.length + diagnostics.length > 0) return
  const kinds = selections.map(({ kind }) => kind.id).join(', ')
  throw new Failure(
    'NO_DEFINITIONS',
    `there are no ${kinds} to export`,
    'run it in the project, or name the registry with --from live; --prune removes all that was exported',
  )
}

/** The text of a file that an earlier export may have left in the target. */
function textIn(to: string, path: string): string | undefined {
  const target = readTarget(resolve(to), path)
  return target.state === 'file' ? target.bytes.toString('utf8') : undefined
}

async function writeFormat(format: ExchangeFormat, items: readonly ShownItem[], options: WriteOptions) {
  const none = { files: [], findings: [], ledger: [] }
  return (await format.write?.(items, options)) ?? none
}

interface WriteRequest {
  report: ExportReport
  files: readonly WrittenFile[]
  items: readonly ShownItem[]
  /** Paths of the target that the format asked for. */
  askedPaths: ReadonlySet<string>
}

async function writePlanned(
  { report, files, items, askedPaths }: WriteRequest,
  options: ExportOptions,
): Promise<Omit<ExportOutcome, 'diagnostics'>> {
  const to = resolve(options.to)
  const record = readRecord(to)
  const request = {
    to,
    format: report.format,
    items,
    files,
    covers: coverSelections(options.selections),
    prune: options.prune === true,
  }
  const plan = planExport(request, record)
  const planned = plan.files
  const isRead = options.check === true || options.dryRun === true
  const rows = await Promise.all(planned.map((file) => describeFile(file, isRead)))
  const whole = { ...report, files: rows }
  const failure = options.check ? differing(planned, options) : findObstacle(planned, options)
  if (failure) return { report: whole, failure }
  const isDone = changesNothing(record, plan)
  if (!isRead) clearLeftovers(to, record)
  if (!isDone && !isRead) applyExport(to, record, plan)
  const target = isDone || !isRead ? describeTarget(to, planned, askedPaths) : undefined
  return { report: whole, ...(target ? { target } : {}) }
}

/** Every definition of a kind that is named without ids; else the ids alone. */
function coverSelections(selections: readonly ExportSelection[]): Covers {
  const byKind = new Map(selections.map(({ kind, ids }) => [kind.id, new Set(ids)]))
  return ({ kind, id }) => {
    const ids = byKind.get(kind)
    return ids !== undefined && (ids.size === 0 || ids.has(id))
  }
}

async function describeFile(
  { path, state, before, after }: PlannedFile,
  isRead: boolean,
): Promise<ExportedFile> {
  if (!isRead || state === 'unchanged' || state === 'left') return { path, state }
  const diff = await renderPatch(path, before?.toString('utf8') ?? '', after?.toString('utf8') ?? '')
  return { path, state, diff }
}

/** With --check: the folder differs from what an export would write. */
function differing(planned: readonly PlannedFile[], { to, prune }: ExportOptions): Failure | undefined {
  const different = planned.filter(({ state }) => state !== 'unchanged')
  if (different.length === 0) return undefined
  const flags = [
    ...(prune || different.some(({ state }) => state === 'left') ? ['--prune'] : []),
    ...(different.some(({ state }) => state === 'foreign' || state === 'edited') ? ['--force'] : []),
  ]
  const how =
    flags.length > 0 ? `run it with ${flags.join(' ')} in place of --check` : 'run it without --check'
  const count = different.length === 1 ? '1 file differs' : `${different.length} files differ`
  return new Failure('FINDINGS', `${count} from what an export would write to ${to}`, how)
}

/** A file that the export may not overwrite. */
function findObstacle(planned: readonly PlannedFile[], { to, force }: ExportOptions): Failure | undefined {
  const inTheWay = planned.filter(({ state }) => state === 'foreign' || state === 'edited')
  const first = inTheWay.find(({ blocked }) => blocked !== undefined) ?? (force ? undefined : inTheWay[0])
  if (!first) return undefined
  const detail = { files: inTheWay.map(({ path, state }) => ({ path, state })) }
  const rest = inTheWay.length > 1 ? `, and ${inTheWay.length - 1} more` : ''
  if (first.blocked !== undefined)
    return new Failure('FOREIGN', `${to}: ${first.blocked}`, 'move it, or choose another folder', { detail })
  const what = first.state === 'edited' ? 'was edited since it was exported' : 'was not written by an export'
  return new Failure(
    'FOREIGN',
    `${to}/${first.path} ${what}${rest}`,
    'see what differs: the same with --check; then add --force, or move the file',
    { detail },
  )
}

function refused(diagnostics: readonly Diagnostic[]): Failure {
  const errors = diagnostics.filter(isError).length
  const count = errors === 1 ? '1 error' : `${errors} errors`
  return new Failure('FINDINGS', `${count}, so nothing was exported`, 'fix them, or name other definitions')
}
