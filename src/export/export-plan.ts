import { isUtf8 } from 'node:buffer'
import { sha256 } from '../contract/digest.ts'
import { type Covers, nameOf } from '../contract/name.ts'
import type { ExportItem, WrittenFile } from '../exchange/contract/format.ts'
import type { ExportRecord, RecordedFile, RecordedSource } from './export-record.ts'
import { findSection, hashOwn, readTarget, type TargetFile, withSection } from './target-file.ts'

/**
 * What an export does with a file. `foreign` was not written by an export, `edited` was changed since; `left` was
 * written by an earlier export and is not any more.
 */
export type FileState = 'written' | 'updated' | 'unchanged' | 'removed' | 'left' | 'foreign' | 'edited'

/** One file of the target: what stands there, and what the export wants to stand there. */
export interface PlannedFile {
  path: string
  state: FileState
  /** What `foreign` and `edited` lose with `--force`, or why not even that helps. */
  blocked?: string
  before?: Buffer
  /** All of the file; undefined where it is to be removed. */
  after?: Buffer
  executable: boolean
  /** What the record keeps; undefined where nothing of the file is the export's any more. */
  recorded?: RecordedFile
}

export interface PlanRequest {
  to: string
  format: string
  items: readonly ExportItem[]
  files: readonly WrittenFile[]
  /** The definitions that this export is about: what came of others is not touched. */
  covers: Covers
  prune: boolean
}

const SCRIPT = /(?:^|\/)scripts\//

/** Compares what is to be written with the target. Writes nothing. */
export function planExport(request: PlanRequest, record: ExportRecord): PlannedFile[] {
  const sources = new Map(request.items.map((item) => [nameOf(item.definition), sourceOf(item)]))
  const planned = request.files.map((file) => planFile(request, file, record.get(file.path), sources))
  const writtenPaths = new Set(request.files.map(({ path }) => path))
  const left = [...record]
    .filter(
      ([path, { format, from }]) =>
        format === request.format && !writtenPaths.has(path) && from.every(request.covers),
    )
    .flatMap(([path, recorded]) => planLeft(request, path, recorded) ?? [])
  return [...planned, ...left].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function sourceOf({ definition: { kind, id }, version, digest }: ExportItem): RecordedSource {
  return { kind, id, ...(version === undefined ? {} : { version }), digest }
}

function planFile(
  { to, format }: PlanRequest,
  file: WrittenFile,
  earlier: RecordedFile | undefined,
  sources: ReadonlyMap<string, RecordedSource>,
): PlannedFile {
  const { path, content, section } = file
  const target = readTarget(to, path)
  const before = target.state === 'file' ? target.bytes : undefined
  const after = section
    ? Buffer.from(withSection(before?.toString('utf8') ?? '', section, String(content)))
    : Buffer.from(content)
  const executable = SCRIPT.test(path) && after.subarray(0, 2).toString() === '#!'
  const from = file.from.flatMap((definition) => sources.get(nameOf(definition)) ?? [])
  const recorded: RecordedFile = {
    format,
    sha256: sha256(section ? String(content) : after),
    ...(section ? { section } : {}),
    from,
  }
  const planned = { path, executable, recorded, ...(before ? { before } : {}), after }
  if (target.state === 'blocked') return { ...planned, state: 'foreign', blocked: target.what }
  if (section && before && !isUtf8(before))
    return { ...planned, state: 'foreign', blocked: `${path} is not UTF-8 text` }
  return { ...planned, state: decideState(target, planned, earlier) }
}

function decideState(
  target: Exclude<TargetFile, { state: 'blocked' }>,
  { after, executable, recorded }: { after: Buffer; executable: boolean; recorded: RecordedFile },
  earlier: RecordedFile | undefined,
): FileState {
  if (target.state === 'absent') return 'written'
  const { section } = recorded
  const isSame = target.bytes.equals(after)
  if (isSame) return executable && !target.executable ? 'updated' : 'unchanged'
  const own = hashOwn(target.bytes, section)
  // A file without the section has nothing that an export could overwrite.
  if (section && findSection(target.bytes.toString('utf8'), section) === undefined) return 'updated'
  if (own !== undefined && own === recorded.sha256) return 'updated'
  if (!earlier) return 'foreign'
  return own !== undefined && (own === earlier.sha256 || own === earlier.before) ? 'updated' : 'edited'
}

/** A file that an earlier export wrote. It is removed only where it is as that export wrote it. */
function planLeft({ to, prune }: PlanRequest, path: string, recorded: RecordedFile): PlannedFile | undefined {
  const target = readTarget(to, path)
  const { section } = recorded
  if (target.state === 'absent') return undefined
  if (target.state === 'blocked')
    return { path, state: prune ? 'foreign' : 'left', executable: false, recorded, blocked: target.what }
  const before = target.bytes
  const own = hashOwn(before, section)
  const isOwn = own !== undefined && (own === recorded.sha256 || own === recorded.before)
  if (!prune) return { path, state: 'left', executable: false, recorded, before }
  const rest = section ? withSection(before.toString('utf8'), section, undefined) : ''
  const after = rest.trim() === '' ? {} : { after: Buffer.from(rest) }
  return { path, state: isOwn ? 'removed' : 'edited', executable: false, before, ...after }
}
