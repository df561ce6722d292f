import { existsSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Base, basePath, readBase } from './base.ts'
import { type Files, type Imported, inspectExisting } from './existing.ts'
import { resolveSource } from './origin.ts'

/** A definition whose source is deleted, or gives a definition of another name now. */
export interface GoneRow {
  id: string
  source: string
  /** Whether the definition was edited since its import. */
  edited: boolean
  /** What became of the source, as far as it is found. */
  now?: { id: string; source: string }
}

/** An import that has read all of its sources. */
export interface Ended {
  root: string
  kind: string
  format: string
  manifestFile: string
  /** What was named to be imported: a folder or a file. Absolute. */
  importedPath: string
  /** Absolute. */
  base: string
  /** Source by id, of all that was read. */
  sourceById: ReadonlyMap<string, string>
  /** Files by id of the definitions that were not there before. */
  fresh: ReadonlyMap<string, Files>
}

/** Finds definitions whose source lay in the imported folder and no longer gives them. None of them is touched. */
export function findGone(ended: Ended): GoneRow[] {
  const { root, kind, manifestFile, sourceById } = ended
  return idsIn(join(root, kind)).flatMap((id) => {
    if (sourceById.has(id)) return []
    const existing = inspectExisting(join(root, kind, id), manifestFile)
    if (existing.state !== 'imported' && existing.state !== 'edited') return []
    const base = readBase(basePath(root, kind, id), manifestFile, existing.record)
    const row = base && goneRow(ended, id, existing, base)
    return row ? [{ ...row, edited: existing.state === 'edited' }] : []
  })
}

function goneRow(
  ended: Ended,
  id: string,
  { record }: Imported,
  before: Base,
): Omit<GoneRow, 'edited'> | undefined {
  const { root, importedPath, base, sourceById, format } = ended
  const old = resolveSource(root, before.from, record.source)
  if (record.format !== format || !(old === importedPath || old.startsWith(importedPath + sep)))
    return undefined
  const row = { id, source: record.source }
  const renamed = [...sourceById].find(([, source]) => join(base, source) === old)
  if (renamed) return { ...row, now: { id: renamed[0], source: renamed[1] } }
  if (existsSync(old)) return undefined
  const successor = [...ended.fresh].find(([, files]) =>
    isAlike(files, before.files, ended.manifestFile),
  )?.[0]
  return successor === undefined
    ? row
    : { ...row, now: { id: successor, source: sourceById.get(successor) ?? '' } }
}

/** Whether all files but the manifest are the same, and there are some. */
function isAlike(files: Files, others: Files, manifestFile: string): boolean {
  const [one, other] = [files, others].map(({ [manifestFile]: _, ...rest }) => rest)
  return Object.values(one ?? {}).some((text) => text.trim() !== '') && isDeepStrictEqual(one, other)
}

function idsIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort()
  } catch {
    return []
  }
}
