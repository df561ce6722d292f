import { join, resolve } from 'node:path'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { sha256 } from '../contract/digest.ts'
import { nameOf } from '../contract/name.ts'
import { BUILD_ID } from '../core/cache/build-id.ts'
import { type CacheFile, FIELD_END, readCache, writeCache } from '../core/cache/cache-file.ts'
import { findCacheFolder } from '../core/cache/cache-folder.ts'
import { readStamp } from '../core/cache/folder-stamp.ts'
import { RunClock } from '../core/cache/run-clock.ts'
import { type DefinitionFolder, toNamed } from '../core/tree/collect.ts'
import { LEAST_LARGE, type WorkingTree } from '../core/tree/tree.ts'
import type { ExportOptions, ExportReport } from './export-definitions.ts'
import { type ReadFolder, selectFolders } from './export-items.ts'
import { RECORD_FILE } from './export-record.ts'
import { packLedger, unpackLedger } from './packed-ledger.ts'
import { readTarget } from './target-file.ts'
import { isAsWanted, type TargetContent, type TargetState } from './target-state.ts'

/** What an export answered, where it left the target as it should be. */
export interface KnownExport extends Pick<ExportReport, 'definitions' | 'skipped' | 'ledger'> {
  /** The paths of all files. */
  files: readonly string[]
  diagnostics: readonly Diagnostic[]
}

/** Where the cache is, and the export that it is for. */
export interface ExportCacheOptions {
  /** The folder of the cache, which is made. */
  folder: string
  /** The build of nofx whose formats wrote the files. */
  build: string
  tree: Pick<WorkingTree, 'root' | 'shownPath'>
  options: ExportOptions
}

const ANSWER = 'answer'
const TARGET = 'target'
/** Paths of a definition are joined with this character, which no name of a file may contain. */
const PATH_END = '\0'

/**
 * The last export of each format. Its answer counts as long as the stamps of all definitions are the same, and the
 * target is as that export left it; then no definition is read.
 */
export class ExportCache {
  private readonly file: CacheFile
  private readonly clock: RunClock
  private readonly lines: Map<string, string>
  private readonly to: string

  constructor({ folder, build, tree, options }: ExportCacheOptions) {
    this.to = resolve(options.to)
    const name = sha256(JSON.stringify([tree.root, options.format.id, options.client])).slice(0, 12)
    this.file = { path: join(folder, `export-${name}`), maker: describeMaker(build, tree, options) }
    this.clock = new RunClock(folder)
    this.lines = readCache(this.file)
  }

  /** The answer of the last export, if another one of these folders would change nothing. */
  find(folders: readonly DefinitionFolder[]): KnownExport | undefined {
    const answer = this.lines.get(ANSWER)
    // The lines beside those of definitions are the answer and the target.
    if (answer === undefined || folders.length !== this.lines.size - 2) return undefined
    if (!folders.every((folder) => this.isSame(folder)) || !this.isTargetSame()) return undefined
    const { ledger, ...rest } = JSON.parse(answer)
    return { ...rest, ledger: unpackLedger(ledger) }
  }

  /** Keeps the answer of an export, unless something that it has read is too new to be sure of. */
  keep(folders: readonly ReadFolder[], answer: KnownExport, target: TargetState): void {
    const record = readTarget(this.to, RECORD_FILE)
    if (record.state !== 'file') return
    const lines = new Map<string, string>()
    for (const { folder, paths } of folders) {
      const stamp = readStamp(folder.dir, paths)
      const isPlain = !paths.some((path) => /[\0\t\n\r]/.test(path))
      if (!isPlain || !stamp || !this.clock.isOlder(stamp)) return
      lines.set(nameOf(toNamed(folder)), `${stamp.signature}${FIELD_END}${paths.join(PATH_END)}`)
    }
    this.lines.clear()
    for (const [name, line] of lines) this.lines.set(name, line)
    this.lines.set(ANSWER, JSON.stringify({ ...answer, ledger: packLedger(answer.ledger) }))
    const own = { path: RECORD_FILE, sha256: sha256(record.bytes), executable: false }
    this.keepTarget({ ...target, files: [...target.files, own] })
  }

  private isSame(folder: DefinitionFolder): boolean {
    const line = this.lines.get(nameOf(toNamed(folder)))
    const [signature, joined = ''] = line?.split(FIELD_END) ?? []
    const paths = joined === '' ? [] : joined.split(PATH_END)
    return signature !== undefined && readStamp(folder.dir, paths)?.signature === signature
  }

  /** By the stamps of its files or, where something else was written beside them, by their contents. */
  private isTargetSame(): boolean {
    const [signature, stored = ''] = this.lines.get(TARGET)?.split(FIELD_END) ?? []
    if (signature === undefined) return false
    const target: TargetState = JSON.parse(stored)
    const { files, absent } = target
    if (!absent.every((path) => readTarget(this.to, path).state === 'absent')) return false
    if (readStamp(this.to, listPaths(files))?.signature === signature) return true
    if (!files.every((file) => isAsWanted(this.to, file))) return false
    this.keepTarget(target)
    return true
  }

  /** A target that was written during this run has no stamp yet: the next run compares its contents. */
  private keepTarget(target: TargetState): void {
    const stamp = readStamp(this.to, listPaths(target.files))
    const signature = stamp && this.clock.isOlder(stamp) ? stamp.signature : ''
    this.lines.set(TARGET, `${signature}${FIELD_END}${JSON.stringify(target)}`)
    writeCache(this.file, this.lines)
  }
}

/** Everything besides the definitions and the target that the files of an export depend on. */
function describeMaker(build: string, tree: ExportCacheOptions['tree'], options: ExportOptions): string {
  const { format, client, bundle, baseUrl, selections, to } = options
  // A file that one user cannot read may be readable for another.
  const user = process.getuid?.() ?? ''
  const kinds = selections.map(({ kind, ids }) => [kind.id, ids])
  const places = [tree.root, tree.shownPath, resolve(to)]
  const flags = [options.allowEffects === true, options.strict === true, options.with ?? []]
  return JSON.stringify([
    build,
    process.version,
    user,
    places,
    format.id,
    client,
    bundle,
    baseUrl,
    kinds,
    flags,
  ])
}

/** The files, and the folders that they are in: one that became a link would lead elsewhere. */
function listPaths(files: readonly TargetContent[]): string[] {
  const paths = new Set<string>()
  for (const { path } of files)
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      paths.add(path.slice(0, end))
  for (const { path } of files) paths.add(path)
  return [...paths]
}

/**
 * Opens the cache of an export of a working tree; undefined where it would not pay, and where there is no folder for it.
 * @param projectRoot the folder of the project
 * @param build identifies the formats
 */
export function openExportCache(
  projectRoot: string,
  tree: WorkingTree,
  options: ExportOptions,
  build = BUILD_ID,
): ExportCache | undefined {
  const folder = build === undefined ? undefined : findCacheFolder(projectRoot)
  if (build === undefined || folder === undefined) return undefined
  if (selectFolders(tree, options.selections).length < LEAST_LARGE) return undefined
  return new ExportCache({ folder, build, tree, options })
}
