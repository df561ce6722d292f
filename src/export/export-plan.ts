import { isUtf8 } from 'node:buffer'
import { sha256 } from '../contract/digest.ts'
import type { JsonObject } from '../contract/kind.ts'
import { type Covers, nameOf } from '../contract/name.ts'
import type { ExportItem, WrittenFile } from '../exchange/contract/format.ts'
import type { ExportRecord, RecordedFile, RecordedSource } from './export-record.ts'
import { findMembers, type Members, withMembers } from './json-members.ts'
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

/** What an export does. */
export interface ExportPlan {
  /** By path. */
  files: readonly PlannedFile[]
  /** Files of earlier exports that the record names and that are not there any more. */
  forgotten: readonly string[]
}

/** Compares what is to be written with the target. Writes nothing. */
export function planExport(request: PlanRequest, record: ExportRecord): ExportPlan {
  const sources = new Map(request.items.map((item) => [nameOf(item.definition), sourceOf(item)]))
  const planned = request.files.map((file) => planFile(request, file, record.get(file.path), sources))
  const writtenPaths = new Set(request.files.map(({ path }) => path))
  const earlier = [...record].filter(
    ([path, { format, from }]) =>
      format === request.format && !writtenPaths.has(path) && from.every(request.covers),
  )
  const left = earlier.map(([path, recorded]) => planLeft(request, path, recorded))
  const forgotten = earlier.flatMap(([path], at) => (request.prune && !left[at] ? [path] : []))
  const files = [...planned, ...left.filter((file) => file !== undefined)]
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), forgotten }
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
  const { path, content, section, members } = file
  const target = readTarget(to, path)
  const before = target.state === 'file' ? target.bytes : undefined
  const merged = mergeInto(before?.toString('utf8') ?? '', file, earlier)
  const after = Buffer.from(merged ?? content)
  const executable = SCRIPT.test(path) && after.subarray(0, 2).toString() === '#!'
  const from = file.from.flatMap((definition) => sources.get(nameOf(definition)) ?? [])
  const recorded: RecordedFile = {
    format,
    sha256: section ? sha256(String(content)) : (hashOwn(after, file) ?? sha256(after)),
    ...(section ? { section } : {}),
    ...(members ? { members } : {}),
    from,
  }
  const planned = { path, executable, recorded, ...(before ? { before } : {}), after }
  if (target.state === 'blocked') return { ...planned, state: 'foreign', blocked: target.what }
  if (members && merged === undefined)
    return { ...planned, state: 'foreign', blocked: `${path} is not JSON with an object at ${members.key}` }
  if ((section || members) && before && !isUtf8(before))
    return { ...planned, state: 'foreign', blocked: `${path} is not UTF-8 text` }
  return { ...planned, state: decideState(target, planned, earlier) }
}

/** The file with what the export owns of it; undefined if it cannot have that. */
function mergeInto(
  text: string,
  { content, section, rest, members }: WrittenFile,
  earlier: RecordedFile | undefined,
): string | Uint8Array | undefined {
  if (section) return withSection(rest ?? text, section, String(content))
  if (!members) return content
  const own = (JSON.parse(String(content)) as JsonObject)[members.key] as JsonObject
  return withMembers(text, members, own, earlier?.members?.names ?? [])
}

function decideState(
  target: Exclude<TargetFile, { state: 'blocked' }>,
  { after, executable, recorded }: { after: Buffer; executable: boolean; recorded: RecordedFile },
  earlier: RecordedFile | undefined,
): FileState {
  if (target.state === 'absent') return 'written'
  const { section, members } = recorded
  const isSame = target.bytes.equals(after)
  if (isSame) return executable && !target.executable ? 'updated' : 'unchanged'
  if (members) return decideMembers(target.bytes, members, earlier)
  const own = hashOwn(target.bytes, recorded)
  // A file without the section has nothing that an export could overwrite.
  if (section && findSection(target.bytes.toString('utf8'), section) === undefined) return 'updated'
  if (own !== undefined && own === recorded.sha256) return 'updated'
  if (!earlier) return 'foreign'
  return own !== undefined && (own === earlier.sha256 || own === earlier.before) ? 'updated' : 'edited'
}

/** Members that an earlier export wrote are replaced where they are as it wrote them; those of a person never. */
function decideMembers(bytes: Buffer, { key, names }: Members, earlier: RecordedFile | undefined): FileState {
  const before = earlier?.members?.names ?? []
  const text = bytes.toString('utf8')
  const added = names.filter((name) => !before.includes(name))
  if (findMembers(text, { key, names: added }) !== undefined) return 'foreign'
  const own = earlier && hashOwn(bytes, earlier)
  return own === undefined || own === earlier?.sha256 || own === earlier?.before ? 'updated' : 'edited'
}

/** Whether the part of a file that was an export's is not in it any more. */
function hasNothing(bytes: Buffer, { section, members }: RecordedFile): boolean {
  if (members) return true
  return section !== undefined && findSection(bytes.toString('utf8'), section) === undefined
}

/** A file that an earlier export wrote. It is removed only where it is as that export wrote it. */
function planLeft({ to, prune }: PlanRequest, path: string, recorded: RecordedFile): PlannedFile | undefined {
  const target = readTarget(to, path)
  const { section, members } = recorded
  if (target.state === 'absent') return undefined
  if (target.state === 'blocked')
    return { path, state: prune ? 'foreign' : 'left', executable: false, recorded, blocked: target.what }
  const before = target.bytes
  const own = hashOwn(before, recorded)
  if (own === undefined && hasNothing(before, recorded)) return undefined
  const isOwn = own !== undefined && (own === recorded.sha256 || own === recorded.before)
  if (!prune) return { path, state: 'left', executable: false, recorded, before }
  const text = before.toString('utf8')
  const rest = section
    ? withSection(text, section, undefined)
    : members
      ? (withMembers(text, members, {}, members.names) ?? text)
      : ''
  const after = /^\s*(?:\{\s*\})?\s*$/.test(rest) ? {} : { after: Buffer.from(rest) }
  return { path, state: isOwn ? 'removed' : 'edited', executable: false, before, ...after }
}
