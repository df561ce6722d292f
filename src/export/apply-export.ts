import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sha256 } from '../contract/digest.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { removeLeftovers, writeAtomically } from '../core/disk/write-atomically.ts'
import type { ExportPlan, PlannedFile } from './export-plan.ts'
import { type ExportRecord, RECORD_FILE, type RecordedFile, writeRecord } from './export-record.ts'
import { hashOwn } from './target-file.ts'

const EXECUTABLE = 0o755
/** What a file was before it existed. */
const NOTHING = sha256('')

/**
 * Writes a plan. The record is written first, with the hashes before and after, so that an export that is killed
 * knows its files again.
 * @throws Failure DISK_FULL, INPUT_UNREADABLE
 */
export function applyExport(to: string, record: ExportRecord, plan: ExportPlan): void {
  try {
    mkdirSync(to, { recursive: true })
    const next = nextRecord(record, plan)
    const moving = plan.files.filter(({ state }) => state !== 'unchanged' && state !== 'left')
    if (moving.length > 0) writeRecord(to, duringExport(record, next, moving))
    for (const file of moving) applyFile(to, file)
    writeRecord(to, next)
  } catch (error) {
    throw asDiskFailure(error, to)
  }
}

/**
 * Removes the temporary files of exports that were killed.
 * @param record what the last export wrote of it
 * @throws Failure INPUT_UNREADABLE
 */
export function clearLeftovers(to: string, record: ExportRecord): void {
  const names = new Map([[to, new Set([RECORD_FILE])]])
  if ([...record.values()].some(({ before }) => before !== undefined))
    for (const path of record.keys()) {
      const folder = join(to, dirname(path))
      names.set(folder, (names.get(folder) ?? new Set()).add(basename(path)))
    }
  try {
    for (const [folder, own] of names) removeLeftovers(folder, own)
  } catch (error) {
    throw asDiskFailure(error, to)
  }
}

/** The record of the files as they are afterwards. */
function nextRecord(record: ExportRecord, { files, forgotten }: ExportPlan): Map<string, RecordedFile> {
  const next = new Map(record)
  for (const path of forgotten) next.delete(path)
  for (const { path, recorded } of files) {
    if (recorded) next.set(path, recorded)
    else next.delete(path)
  }
  return next
}

function duringExport(
  record: ExportRecord,
  next: ExportRecord,
  moving: readonly PlannedFile[],
): Map<string, RecordedFile> {
  const during = new Map([...record, ...next])
  for (const { path, before, recorded } of moving) {
    const both = recorded && joinMembers(recorded, record.get(path))
    // Each has a hash from before, so that the next export sees that this one did not end.
    const own = before && both && hashOwn(before, both)
    if (both) during.set(path, { ...both, before: own ?? NOTHING })
  }
  return during
}

/** Until the file is written, the members of the earlier export are in it, too. */
function joinMembers(recorded: RecordedFile, earlier: RecordedFile | undefined): RecordedFile {
  const { members } = recorded
  if (!members || !earlier?.members) return recorded
  const names = [...new Set([...members.names, ...earlier.members.names])]
  return { ...recorded, members: { ...members, names } }
}

function applyFile(to: string, { path, after, executable }: PlannedFile): void {
  const at = join(to, path)
  if (!after) {
    rmSync(at, { force: true })
    return
  }
  mkdirSync(dirname(at), { recursive: true })
  writeAtomically(at, after, executable ? EXECUTABLE : undefined, { flush: false })
  // The mode of a new file is less what the process masks.
  if (executable) chmodSync(at, EXECUTABLE)
}
