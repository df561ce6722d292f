import { basename, join, resolve } from 'node:path'
import type { Finding } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import { withoutHidden } from '../contract/text/hidden-text.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { basePath, readBase } from './again/base.ts'
import { type Files, inspectExisting, inspectFiles, UNSIGNED } from './again/existing.ts'
import { findGone } from './again/gone.ts'
import { relate } from './again/origin.ts'
import { readStated } from './again/own-values.ts'
import { checkIds, checkOptions } from './check-options.ts'
import { type Composed, compose } from './compose.ts'
import { countReasons, type ImportReport } from './import-report.ts'
import type { Statuses } from './live.ts'
import { fail, type ImportOptions, type ImportRun, makeRoot, readOptions, rootOf } from './run.ts'
import { type Settling, settle } from './settle.ts'
import { foldersNear } from './sources/elsewhere.ts'
import { sharedNames } from './sources/find-plugin.ts'
import {
  findSources,
  type ImportSources,
  type PassedOver,
  type SearchResult,
} from './sources/find-sources.ts'
import { readFolderFiles } from './sources/folder-files.ts'
import {
  type FolderFiles,
  type ForeignDefinition,
  type ImportFormat,
  importFinding,
} from './sources/format.ts'
import { partLists, readSource } from './sources/part-lists.ts'

/**
 * Turns every file of a foreign format into a definition's folder. The report lists the files with errors; all others
 * are imported. A second run changes nothing.
 * @throws Failure INPUT_UNREADABLE, NO_DEFINITIONS, DISK_FULL
 */
export async function importDefinitions(format: ImportFormat, options: ImportOptions): Promise<ImportReport> {
  const { sources, passedOver } = find(options, [format])
  const own = sources[0] as ImportSources
  const report = await importSources(format, options, own, new Map(), passedOver)
  if (isEmpty(own, report)) throw nothingIn(options.from, [format], passedOver)
  return report
}

/** Whether there is nothing to report: no source, and no definition of an earlier import whose source is gone. */
function isEmpty({ paths, findings }: ImportSources, report: ImportReport): boolean {
  return paths.length + findings.length + report.gone.length === 0
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
  const { sources: allSources, passedOver } = find(options, formats)
  const statuses: Statuses = new Map()
  const reports: { kind: string; report: ImportReport }[] = []
  for (const [index, format] of formats.entries()) {
    const sources = allSources[index] as ImportSources
    const to = join(root, format.kind)
    // The files that no format takes are in one report alone.
    const unread = reports.length === 0 ? passedOver : []
    const report = await importSources(format, { ...options, to }, sources, statuses, unread)
    if (!isEmpty(sources, report)) reports.push({ kind: format.kind, report })
  }
  if (reports.length === 0) throw nothingIn(options.from, formats, passedOver)
  return reports
}

function find(
  options: Pick<ImportOptions, 'from' | 'owner' | 'prefix' | 'namespace' | 'ids'>,
  formats: readonly ImportFormat[],
): SearchResult {
  checkOptions(options)
  const { from, ids } = options
  const result = findSources(from, formats)
  checkIds(
    ids,
    result.sources.flatMap(({ paths }) => paths),
  )
  return result
}

function nothingIn(from: string, formats: readonly ImportFormat[], passedOver: PassedOver[]): Failure {
  const left = countReasons(passedOver).map(({ reason, count }) => `${count} × ${reason}`)
  const near = foldersNear(from, formats, passedOver)
  return new Failure(
    'NO_DEFINITIONS',
    `${from} holds nothing to import${left.length > 0 ? `; passed over: ${left.join(', ')}` : ''}`,
    near.length > 0
      ? `name a folder that holds some: ${near.join(', ')}`
      : 'name a file or a folder with Markdown agents (front matter with name and description) or commands',
    { detail: { passedOver, near } },
  )
}

async function importSources(
  format: ImportFormat,
  options: ImportOptions,
  whole: ImportSources,
  statuses: Statuses,
  passedOver: PassedOver[],
): Promise<ImportReport> {
  const sources = await partLists(format, whole)
  const { from, to, dryRun = false } = options
  const lists = { imported: [], unchanged: [], conflicted: [], skipped: [], failed: [], gone: [] }
  const report: ImportReport = { format: format.id, from, to, dryRun, ...lists, passedOver }
  const plugins = format.usesPlugin
    ? await sharedNames(format, { base: sources.base, siblings: sources.paths })
    : new Map<string, string>()
  const shared = { sourceById: new Map<string, string>(), fresh: new Map<string, Files>() }
  const contents = new Map<string, string>()
  const run: ImportRun = { format, options, sources, report, ...shared, contents, statuses, plugins }
  for (const finding of sources.findings) fail(run, finding.file, [finding])
  if (!dryRun && sources.paths.length > 0) makeRoot(to, options.disk)
  for (const path of sources.paths) await importOne(run, path)
  const { kind, manifestFile } = format
  const ended = {
    root: rootOf(run),
    kind,
    format: format.id,
    manifestFile,
    importedPath: resolve(from),
    base: sources.base,
    ...shared,
  }
  report.gone = findGone(ended)
  return report
}

async function importOne(run: ImportRun, source: string): Promise<void> {
  const read = readSource(run.sources, source)
  if (!read.ok) return fail(run, source, [read.finding])
  const { sha256 } = read
  const { text, removed } = run.options.stripHidden
    ? withoutHidden(read.text, source)
    : { text: read.text, removed: 0 }
  const folder = run.format.isFolder ? readBeside(run, source) : undefined
  const readAs = (owner: string | undefined) =>
    run.format.read({ path: source, text, ...(folder ? { folder } : {}) }, readOptions(run, source, owner))
  const { owner } = run.options
  let foreign = await readAs(owner)
  if (!foreign.ok) return fail(run, source, foreign.findings, text)
  const losses = run.options.strict ? findLosses(source, foreign.definition) : []
  if (losses.length > 0) return fail(run, source, losses, text)
  if (isTwin(run, source, foreign.definition)) return
  const place = lookUp(run, source, sha256, foreign.definition.id)
  if ('rule' in place) return fail(run, source, [place], text)
  // Without --owner an earlier import's owner stays, so that a rerun takes nothing away.
  const liveOwner = owner === undefined ? findOwner(run, place) : undefined
  if (liveOwner !== undefined) foreign = await readAs(liveOwner)
  if (!foreign.ok) return
  const recordedSource =
    place.relation === 'same' && 'record' in place.existing ? place.existing.record.source : source
  const record = { source: recordedSource, sourceSha256: sha256, outputSha256: UNSIGNED }
  const composed = compose(run.format, foreign.definition, record)
  await settle(run, { ...place, composed: noteRemoved(composed, removed), source, text })
}

/** What `--strict` refuses; that the owner is not given is not a loss. */
function findLosses(file: string, { guesses }: ForeignDefinition): Finding[] {
  return guesses
    .filter(({ needs, field, what }) => needs && !(field === 'status' && what === 'draft'))
    .map(({ field, what, why }) =>
      importFinding(
        'NOFX_IMPORT_LOSS',
        { file, offset: 0 },
        `${field}: ${what} (${why})`,
        'change it in the source, or import without --strict',
      ),
    )
}

/** Whether an earlier source of this run is the same definition: several programs have one server in their files. */
function isTwin(run: ImportRun, source: string, { id, manifest, isNamed }: ForeignDefinition): boolean {
  const content = JSON.stringify(manifest)
  const first = run.sourceById.get(id)
  if (first === undefined) run.contents.set(id, content)
  if (!isNamed || first === undefined || run.contents.get(id) !== content) return false
  run.report.passedOver.push({ source, reason: `it says the same as ${first}` })
  return true
}

/** The other files of a source's folder. */
function readBeside({ sources }: ImportRun, source: string): FolderFiles {
  const name = basename(source)
  const start = source.slice(0, -name.length)
  return readFolderFiles(join(sources.base, start), name, start)
}

function noteRemoved(composed: Composed, removed: number): Composed {
  if (removed === 0) return composed
  const guess = {
    field: 'text',
    what: `${removed} removed`,
    why: 'hidden characters, as --strip-hidden asks',
  }
  return { ...composed, guesses: [...composed.guesses, guess] }
}

type FoundPlace = Pick<Settling, 'existing' | 'relation' | 'before'>

/** The present content of the definition's folder, or why the definition cannot be written there. */
function lookUp(run: ImportRun, source: string, sha256: string, id: string): FoundPlace | Finding {
  const first = run.sourceById.get(id)
  if (first !== undefined)
    return importFinding(
      'NOFX_IMPORT_DUPLICATE',
      { file: source },
      `"${id}" is the id that ${first} has already`,
      'give one of them another name',
    )
  run.sourceById.set(id, source)
  const dir = join(run.options.to, id)
  const { manifestFile, kind } = run.format
  try {
    const existing = inspectExisting(dir, manifestFile)
    if (existing.state === 'blocked') return blocked(source, `${dir} is not a folder`)
    if (!('record' in existing)) return { existing, relation: 'same', before: undefined }
    const root = rootOf(run)
    const before = readBase(basePath(root, kind, id), manifestFile, existing.record)
    const origin = { root, base: run.sources.base, source, sha256 }
    return { existing, relation: relate(origin, existing, before), before }
  } catch (error) {
    return blocked(source, asDiskFailure(error, dir).message)
  }
}

/** The owner that the last import wrote. */
function findOwner({ format }: ImportRun, { existing, before }: FoundPlace): string | undefined {
  if (!('record' in existing)) return undefined
  const inspected = before ? inspectFiles(before.files, format.manifestFile) : existing
  const manifest = 'manifest' in inspected ? inspected.manifest : {}
  const { owner } = readStated(format.manifestFile, manifest)
  return typeof owner === 'string' ? owner : undefined
}

function blocked(source: string, message: string): Finding {
  return importFinding('NOFX_IMPORT_TARGET', { file: source }, message, 'move it out of the way')
}
