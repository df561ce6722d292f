import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Finding } from '../contract/diagnostic.ts'
import type { Kind } from '../contract/kind.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { type Disk, recoverFolders } from '../core/disk/write-folder.ts'
import type { Files } from './again/existing.ts'
import type { ImportReport } from './import-report.ts'
import { existsIn, isLiveIn, type Statuses } from './live.ts'
import { place } from './place.ts'
import type { ImportSources } from './sources/find-sources.ts'
import type { ImportFormat, ReadOptions } from './sources/format.ts'

export interface ImportOptions {
  /** A file, or a folder to search. */
  from: string
  /** The kind's folder: definitions go to `<to>/<id>/`. */
  to: string
  owner?: string
  /** Put before every id, with a hyphen. */
  prefix?: string
  /** Ids by source, instead of those that the sources give. */
  ids?: ReadonlyMap<string, string>
  /** Leave out characters that are not seen and that validating would report. */
  stripHidden?: boolean
  /** Report, write nothing. */
  dryRun?: boolean
  /** Overwrite definitions that were edited since their import, or that no import made. */
  force?: boolean
  /** Where source and edit differ, the edit stays and counts as settled. */
  keepEdits?: boolean
  disk?: Disk
  /** Kinds whose rules check the imported definitions. */
  kinds?: readonly Kind[]
}

/** One import of one format. */
export interface ImportRun {
  format: ImportFormat
  options: ImportOptions
  sources: ImportSources
  report: ImportReport
  /** Source by id, of all that this run has read. */
  sourceById: Map<string, string>
  /** Files by id of the definitions that were not there before. */
  fresh: Map<string, Files>
  statuses: Statuses
  /** Plugins by source, where the id alone would not be unique. */
  plugins: ReadonlyMap<string, string>
}

/** The definitions root: it holds the kind's folder. */
export function rootOf({ options }: Pick<ImportRun, 'options'>): string {
  return dirname(options.to)
}

/** What a source is read with. */
export function readOptions(run: ImportRun, source: string, owner: string | undefined): ReadOptions {
  const { format, options, sources, statuses, sourceById } = run
  const root = rootOf(run)
  return {
    owner,
    prefix: options.prefix,
    id: options.ids?.get(source),
    base: sources.base.replaceAll('\\', '/'),
    siblings: sources.paths,
    plugin: run.plugins.get(source),
    isLive: (kind, id) => isLiveIn(root, statuses, kind, id),
    wasThere: (id) => (sourceById.get(id) ?? source) === source && existsIn(root, format.kind, id),
  }
}

/** Reports a source that is not imported. */
export function fail(run: ImportRun, source: string, findings: readonly Finding[], text = ''): void {
  // A finding of a folder may be about another file of it.
  const pathOf = ({ file }: Finding) => `${run.sources.shownPath}/${run.format.isFolder ? file : source}`
  const diagnostics = findings.map((finding) => place(pathOf(finding), text, finding))
  run.report.failed.push({ source, diagnostics })
}

/** Makes the kind's folder, and tidies what a killed import left there. */
export function makeRoot(to: string, disk?: Disk): void {
  try {
    mkdirSync(to, { recursive: true })
    recoverFolders(to, disk)
  } catch (error) {
    throw asDiskFailure(error, to)
  }
}
