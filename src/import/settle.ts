import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { nameOf } from '../contract/name.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { writeFolder } from '../core/disk/write-folder.ts'
import { type Base, basePath, writeBase } from './again/base.ts'
import { type Existing, type Files, type Imported, markBytes } from './again/existing.ts'
import { toJsonForm } from './again/front-form.ts'
import { describeLoss } from './again/loss.ts'
import { type Relation, relativeBase } from './again/origin.ts'
import { readStated } from './again/own-values.ts'
import { threeWay } from './again/three-way.ts'
import { type Composed, listContents } from './compose.ts'
import type { ImportRow } from './import-report.ts'
import { problemsIn } from './problems.ts'
import { type ImportRun, rootOf } from './run.ts'

/** A definition that was read, and the present content of its folder. */
export interface Settling {
  composed: Composed
  source: string
  text: string
  existing: Existing
  relation: Relation
  /** What the last import wrote, where that is known. */
  before: Base | undefined
}

/** Writes a definition, or reports why not: an edited one is merged, and one that no import made is left alone. */
export async function settle(run: ImportRun, settling: Settling): Promise<void> {
  const { existing, before } = settling
  const reason = run.options.force ? undefined : obstacle(settling)
  if (reason) return skip(run, settling, reason)
  if (run.options.force || existing.state !== 'edited') return replace(run, settling)
  return before
    ? merge(run, settling, existing, before)
    : skip(run, settling, 'edited since its import, and what that import wrote is not kept')
}

function obstacle({ existing, relation }: Settling): string | undefined {
  if (existing.state === 'foreign') return 'a definition of that id exists and was not imported'
  if (existing.state !== 'imported' && existing.state !== 'edited') return undefined
  return relation === 'other' ? `imported before from ${existing.record.source}` : undefined
}

async function skip(run: ImportRun, { composed, source, existing }: Settling, reason: string): Promise<void> {
  const loses = await describeLoss(run.format.manifestFile, filesOf(existing), composed.files)
  run.report.skipped.push({ id: composed.id, source, reason, loses })
}

/** Writes what the source gives. */
async function replace(run: ImportRun, settling: Settling): Promise<void> {
  const { composed, source, existing, before } = settling
  const { id, files, guesses } = composed
  const { report, options, format } = run
  note(run, id, files)
  const from = keptFrom(run, settling)
  const isSame = existing.state === 'imported' && isDeepStrictEqual(existing.files, files)
  if (isSame) {
    if (!options.dryRun && !before) keepBase(run, id, { from, files })
    return void report.unchanged.push({ id, source, guesses, edits: [] })
  }
  const isLost = existing.state === 'edited' || existing.state === 'foreign'
  const loses = isLost ? await describeLoss(format.manifestFile, filesOf(existing), files) : ''
  if (existing.state === 'absent') run.fresh.set(id, files)
  if (!options.dryRun) {
    const { executable } = composed
    writeFolder(join(options.to, id), listContents(files, composed), {
      replace: true,
      disk: options.disk,
      executable,
    })
    keepBase(run, id, { from, files })
  }
  report.imported.push({ ...buildRow(run, settling, files), edits: [], loses })
}

/** Writes the edits with what they leave of the source's changes. */
async function merge(
  run: ImportRun,
  settling: Settling,
  { files: ours }: Imported,
  before: Base,
): Promise<void> {
  const { composed, source } = settling
  const { format, options, report } = run
  const sides = { base: before.files, ours, theirs: composed.files }
  const merged = await threeWay(format.manifestFile, sides, options)
  const bytes = readBytes(join(options.to, composed.id), ours, listContents(merged.files, composed))
  if (!bytes) return skip(run, settling, 'edited since its import, and it holds a link or a special file')
  note(run, composed.id, merged.files)
  const updated = !isDeepStrictEqual(merged.files, ours)
  if (updated && !options.dryRun) {
    const how = { replace: true, disk: options.disk, executable: bytes.executable }
    writeFolder(join(options.to, composed.id), bytes.contents, how)
    keepBase(run, composed.id, { from: keptFrom(run, settling), files: merged.base })
  }
  const loses = await describeLoss(format.manifestFile, merged.files, composed.files)
  const { edits, conflicts } = merged
  const row = { ...buildRow(run, settling, merged.files), updated, edits, loses }
  if (conflicts.length > 0 && !options.keepEdits) report.conflicted.push({ ...row, conflicts })
  else if (updated) report.imported.push(row)
  else report.unchanged.push({ id: composed.id, source, guesses: composed.guesses, edits })
}

/** Files as they are on the disk, but for those that a merge changes; undefined where one is not a regular file. */
function readBytes(dir: string, ours: Files, merged: Readonly<Record<string, string | Uint8Array>>) {
  const contents = { ...merged }
  const executable = new Set<string>()
  try {
    for (const path of Object.keys(ours)) {
      const entry = lstatSync(join(dir, path))
      if (!entry.isFile()) return undefined
      if (merged[path] === undefined) continue
      if (isSame(merged[path], ours[path])) contents[path] = readFileSync(join(dir, path))
      if ((entry.mode & 0o111) !== 0) executable.add(path)
    }
    return { contents, executable }
  } catch (error) {
    throw asDiskFailure(error, dir)
  }
}

/** Whether a file is as it is on the disk, whose bytes that are not text have their hash here. */
function isSame(merged: string | Uint8Array | undefined, text: string | undefined): boolean {
  return merged !== undefined && (typeof merged === 'string' ? merged : markBytes(merged)) === text
}

function filesOf(existing: Existing): Files {
  return 'files' in existing ? existing.files : {}
}

/** Where the record's source starts: it stays what it was as long as the source does. */
function keptFrom(run: ImportRun, { before, relation }: Settling): string {
  return before && relation === 'same'
    ? before.from
    : relativeBase({ root: rootOf(run), base: run.sources.base })
}

function keepBase(run: ImportRun, id: string, base: Base): void {
  writeBase(basePath(rootOf(run), run.format.kind, id), base)
}

/** Notes a definition's status for the sources that are read later. */
function note(run: ImportRun, id: string, files: Files): void {
  const { kind, manifestFile } = run.format
  const text = toJsonForm(manifestFile, files)[manifestFile]
  const { status } = readStated(manifestFile, JSON.parse(text ?? '{}'))
  run.statuses.set(nameOf({ kind, id }), status)
}

function buildRow(
  run: ImportRun,
  { composed, source, text, existing, relation }: Settling,
  files: Files,
): ImportRow {
  const { id, guesses } = composed
  const moved = relation === 'moved' && 'record' in existing ? { movedFrom: existing.record.source } : {}
  const problems = findProblems(run, { id, files }, source, text)
  return { id, source, updated: existing.state !== 'absent', guesses, problems, ...moved }
}

function findProblems(
  run: ImportRun,
  composed: { id: string; files: Files },
  source: string,
  text: string,
): Diagnostic[] {
  const kind = run.options.kinds?.find(({ id }) => id === run.format.kind)
  return kind ? problemsIn(kind, composed, { path: `${run.sources.shownPath}/${source}`, text }) : []
}
