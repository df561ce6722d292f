import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Diagnostic, Finding } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import type { Kind } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { type Disk, recoverFolders, writeFolder } from '../core/disk/write-folder.ts'
import { checkOwner } from './check-owner.ts'
import { type Composed, compose } from './compose.ts'
import { type Existing, type ImportRecord, inspectExisting, UNSIGNED } from './existing.ts'
import { countReasons, type ImportReport } from './import-report.ts'
import { existsIn, isLiveIn, type Statuses } from './live.ts'
import { place } from './place.ts'
import { problemsIn } from './problems.ts'
import { type Found, findSources, type PassedOver, type Sources } from './sources/find-sources.ts'
import {
  type ForeignDefinition,
  type ForeignFile,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from './sources/format.ts'
import { sharedNames } from './sources/plugin-of.ts'
import { readForeign } from './sources/read-foreign.ts'

export interface ImportOptions {
  /** A file, or a folder to search. */
  from: string
  /** The kind's folder: definitions go to `<to>/<id>/`. */
  to: string
  owner?: string
  /** Report, write nothing. */
  dryRun?: boolean
  /** Overwrite definitions that were edited since their import, or that no import made. */
  force?: boolean
  disk?: Disk
  /** Kinds whose rules are held against what is made. */
  kinds?: readonly Kind[]
}

interface Run {
  format: ImportFormat
  options: ImportOptions
  sources: Sources
  report: ImportReport
  /** Source by id, of all that this run has read. */
  taken: Map<string, string>
  statuses: Statuses
  /** Plugins by source, where the id alone would not be unique. */
  plugins: ReadonlyMap<string, string>
}

/**
 * Turns every file of a foreign format into a definition's folder. What is wrong with one file is in the report and
 * keeps no other from being imported; a second run changes nothing.
 * @throws Failure INPUT_UNREADABLE, NO_DEFINITIONS, DISK_FULL
 */
export async function importDefinitions(format: ImportFormat, options: ImportOptions): Promise<ImportReport> {
  const { sources, passedOver } = findSome(options, [format])
  return importSources(format, options, sources[0] as Sources, new Map(), passedOver)
}

/**
 * Turns the files of several formats into definitions below one root, each format into its kind's folder, in this
 * order: a later kind may require what an earlier one has become. One report a format.
 * @throws Failure INPUT_UNREADABLE, NO_DEFINITIONS, DISK_FULL
 */
export async function importTree(
  formats: readonly ImportFormat[],
  root: string,
  options: Omit<ImportOptions, 'to'>,
): Promise<{ kind: string; report: ImportReport }[]> {
  const { sources: found, passedOver } = findSome(options, formats)
  const statuses: Statuses = new Map()
  const reports: { kind: string; report: ImportReport }[] = []
  for (const [index, format] of formats.entries()) {
    const sources = found[index] as Sources
    if (sources.paths.length + sources.findings.length === 0) continue
    const to = join(root, format.kind)
    // The files that no format takes are in one report alone.
    const left = reports.length === 0 ? passedOver : []
    const report = await importSources(format, { ...options, to }, sources, statuses, left)
    reports.push({ kind: format.kind, report })
  }
  return reports
}

function findSome(
  { from, owner }: Pick<ImportOptions, 'from' | 'owner'>,
  formats: readonly ImportFormat[],
): Found {
  checkOwner(owner)
  const found = findSources(from, formats)
  if (found.sources.every(({ paths, findings }) => paths.length + findings.length === 0)) {
    const left = countReasons(found.passedOver).map(({ reason, count }) => `${count} × ${reason}`)
    throw new Failure(
      'NO_DEFINITIONS',
      `${from} holds nothing to import${left.length > 0 ? `; passed over: ${left.join(', ')}` : ''}`,
      'name a file or a folder with Markdown agents (front matter with name and description) or commands',
      { detail: { passedOver: found.passedOver } },
    )
  }
  return found
}

async function importSources(
  format: ImportFormat,
  options: ImportOptions,
  sources: Sources,
  statuses: Statuses,
  passedOver: PassedOver[],
): Promise<ImportReport> {
  const { from, to, dryRun = false } = options
  const empty = { imported: [], unchanged: [], skipped: [], failed: [], passedOver }
  const report: ImportReport = { format: format.id, from, to, dryRun, ...empty }
  const plugins = format.usesPlugin
    ? await sharedNames(format, { base: sources.base, siblings: sources.paths })
    : new Map<string, string>()
  const run: Run = { format, options, sources, report, taken: new Map(), statuses, plugins }
  for (const finding of sources.findings) fail(run, finding.file, [finding])
  if (!dryRun) makeRoot(to, options.disk)
  for (const path of sources.paths) await importOne(run, path)
  return report
}

async function importOne(run: Run, source: string): Promise<void> {
  const read = readForeign(run.sources.base, source)
  if (!read.ok) return fail(run, source, [read.finding])
  const file = { path: source, text: read.text }
  const readAs = (owner: string | undefined) => run.format.read(file, readOptions(run, source, owner))
  const { owner } = run.options
  let foreign = await readAs(owner)
  if (!foreign.ok) return fail(run, source, foreign.findings, read.text)
  const existing = lookUp(run, source, foreign.definition.id)
  if ('rule' in existing) return fail(run, source, [existing], read.text)
  const known = existing.state === 'imported' ? existing.manifest.owner : undefined
  // Without --owner an earlier import's owner stays, so that a rerun takes nothing away.
  if (owner === undefined && typeof known === 'string') foreign = await readAs(known)
  if (!foreign.ok) return
  const record = recordFor(source, read.sha256, existing)
  const made = compose(run.format, foreign.definition, record)
  settle(run, file, foreign.definition, made, existing)
}

function readOptions(run: Run, source: string, owner: string | undefined): ReadOptions {
  const { format, options, sources, statuses, taken } = run
  const root = dirname(options.to)
  return {
    owner,
    base: sources.base.replaceAll('\\', '/'),
    siblings: sources.paths,
    plugin: run.plugins.get(source),
    isLive: (kind, id) => isLiveIn(root, statuses, kind, id),
    wasThere: (id) => (taken.get(id) ?? source) === source && existsIn(root, format.kind, id),
  }
}

/** What is at the definition's place, or why it cannot go there. */
function lookUp(run: Run, source: string, id: string): Existing | Finding {
  const first = run.taken.get(id)
  if (first !== undefined)
    return importFinding(
      'NOFX_IMPORT_DUPLICATE',
      { file: source },
      `"${id}" is the id that ${first} has already`,
      'give one of them another name',
    )
  run.taken.set(id, source)
  const dir = join(run.options.to, id)
  try {
    const existing = inspectExisting(dir, run.format.manifestFile)
    return existing.state === 'blocked' ? blocked(source, `${dir} is not a folder`) : existing
  } catch (error) {
    return blocked(source, asDiskFailure(error, dir).message)
  }
}

function blocked(source: string, message: string): Finding {
  return importFinding('NOFX_IMPORT_TARGET', { file: source }, message, 'move it out of the way')
}

/** The same text found under another path, because the import started elsewhere, is the same source. */
function recordFor(source: string, sourceSha256: string, existing: Existing): Omit<ImportRecord, 'format'> {
  const same = existing.state === 'imported' && existing.record.sourceSha256 === sourceSha256
  return { source: same ? existing.record.source : source, sourceSha256, outputSha256: UNSIGNED }
}

function settle(
  run: Run,
  { path: source, text }: ForeignFile,
  { manifest }: ForeignDefinition,
  made: Composed,
  existing: Existing,
): void {
  const { id, files, guesses } = made
  const { report, options } = run
  const isSame = existing.state === 'imported' && isDeepStrictEqual(existing.files, files)
  const reason = options.force || isSame ? undefined : obstacle(existing, made.source)
  if (reason) return void report.skipped.push({ id, source, reason })
  run.statuses.set(nameOf({ kind: run.format.kind, id }), manifest.status)
  if (isSame) return void report.unchanged.push({ id, source, guesses })
  if (!options.dryRun) writeFolder(join(options.to, id), files, { replace: true, disk: options.disk })
  report.imported.push({
    id,
    source,
    updated: existing.state !== 'absent',
    guesses,
    problems: problemsOf(run, made, source, text),
  })
}

function problemsOf(run: Run, made: Composed, source: string, text: string): Diagnostic[] {
  const kind = run.options.kinds?.find(({ id }) => id === run.format.kind)
  return kind ? problemsIn(kind, made, { path: `${run.sources.shown}/${source}`, text }) : []
}

function obstacle(existing: Existing, source: string): string | undefined {
  if (existing.state === 'edited') return 'edited since its import'
  if (existing.state === 'foreign') return 'a definition of that id exists and was not imported'
  if (existing.state === 'imported' && existing.record.source !== source)
    return `imported before from ${existing.record.source}`
  return undefined
}

function fail(run: Run, source: string, findings: readonly Finding[], text = ''): void {
  const path = `${run.sources.shown}/${source}`
  run.report.failed.push({ source, diagnostics: findings.map((finding) => place(path, text, finding)) })
}

function makeRoot(to: string, disk?: Disk): void {
  try {
    mkdirSync(to, { recursive: true })
    recoverFolders(to, disk)
  } catch (error) {
    throw asDiskFailure(error, to)
  }
}
