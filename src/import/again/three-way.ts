import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../contract/kind.ts'
import { diffFields } from '../../core/diff/field-diff.ts'
import { type Files, type ImportRecord, outputDigest, UNSIGNED } from './existing.ts'
import { fromJsonForm, toJsonForm } from './front-form.ts'
import { mergeFields } from './merge-fields.ts'
import { mergeLines } from './merge-lines.ts'
import { readOwn, writeOwn } from './own-values.ts'

/** One definition three times: as the last import wrote it, as it is here, as its source is now. */
export interface FileSides {
  base: Files
  ours: Files
  theirs: Files
}

/** What a second import makes of an edited definition. */
export interface ThreeWay {
  /** The edits, with the source's changes wherever these do not touch an edit. */
  files: Record<string, string>
  /** What the next import compares with: the last one's files, with the source's changes that were taken. */
  base: Record<string, string>
  /** Fields and files that were edited here. */
  edits: string[]
  /** Fields and files that both changed differently: they stay as they are here. */
  conflicts: string[]
}

type Import = JsonObject & Partial<ImportRecord>

/** A manifest without its record, and the other files. */
interface State {
  data: JsonObject
  texts: Files
}

/** A manifest without the record of its import. */
interface ManifestRecord {
  data: JsonObject
  record: ImportRecord
}

/**
 * Merges one definition. No edit is lost, and a conflict keeps the present value.
 * @param keepEdits whether a conflict is settled by that: the next import does not report it again
 */
export async function threeWay(
  manifestFile: string,
  { base, ours, theirs }: FileSides,
  options: { keepEdits?: boolean } = {},
): Promise<ThreeWay> {
  const form = (files: Files) => toJsonForm(manifestFile, files)
  const sides = { base: form(base), ours: form(ours), theirs: form(theirs) }
  const merged = await mergeSides(manifestFile, sides, options)
  const back = (files: Files) => fromJsonForm(manifestFile, files)
  // The writing of front matter may differ where its values do not.
  const files = isDeepStrictEqual(merged.files, sides.ours) ? { ...ours } : back(merged.files)
  return { ...merged, files, base: back(merged.base) }
}

async function mergeSides(
  manifestFile: string,
  { base, ours, theirs }: FileSides,
  { keepEdits = false }: { keepEdits?: boolean },
): Promise<ThreeWay> {
  const [before, here, there] = [base, ours, theirs].map((files) =>
    open(manifestFile, files[manifestFile] ?? ''),
  )
  if (!before || !here || !there) throw new Error('a side of a merge was not made by an import')
  const fields = mergeFields({ base: before.data, ours: here.data, theirs: there.data })
  const texts = await mergeTexts(manifestFile, { base, ours, theirs })
  const conflicts = [...fields.conflicts.map(({ field }) => field), ...texts.conflicts]
  const isKept = keepEdits && conflicts.length > 0
  const next = isKept
    ? { data: there.data, texts: without(theirs, manifestFile) }
    : { data: fields.base as JsonObject, texts: texts.base }
  const old = { data: before.data, texts: without(base, manifestFile) }
  const isTaken = !isDeepStrictEqual(next, old) || before.record.source !== there.record.source
  const signed = sign(manifestFile, next, there.record)
  const data = fields.value as JsonObject
  return {
    files: {
      ...texts.files,
      [manifestFile]: isTaken ? seal(manifestFile, data, signed.record) : (ours[manifestFile] ?? ''),
    },
    base: isTaken ? signed.files : { ...base },
    edits: listChanges(next, { data, texts: texts.files }),
    conflicts,
  }
}

/** Files but the manifest, merged line by line. */
async function mergeTexts(manifestFile: string, { base, ours, theirs }: FileSides) {
  const merged = {
    files: {} as Record<string, string>,
    base: {} as Record<string, string>,
    conflicts: [] as string[],
  }
  const paths = new Set([...Object.keys(theirs), ...Object.keys(ours), ...Object.keys(base)])
  paths.delete(manifestFile)
  for (const path of paths) {
    const one = await mergeText(base[path], ours[path], theirs[path])
    if (one.text !== undefined) merged.files[path] = one.text
    if (one.base !== undefined) merged.base[path] = one.base
    if (one.conflicts > 0) merged.conflicts.push(path)
  }
  return merged
}

type FileText = string | undefined

async function mergeText(
  base: FileText,
  ours: FileText,
  theirs: FileText,
): Promise<{ text: FileText; base: FileText; conflicts: number }> {
  if (ours === theirs || base === theirs) return { text: ours, base: theirs, conflicts: 0 }
  if (base === ours) return { text: theirs, base: theirs, conflicts: 0 }
  if (base === undefined || ours === undefined || theirs === undefined)
    return { text: ours, base, conflicts: 1 }
  return mergeLines(base, ours, theirs)
}

/** The files without the import's record in the manifest, for people to compare; unchanged if there is no record. */
export function withoutRecord(manifestFile: string, files: Files): Files {
  try {
    const form = toJsonForm(manifestFile, files)
    const { data } = open(manifestFile, form[manifestFile] ?? '') as ManifestRecord
    return fromJsonForm(manifestFile, { ...form, [manifestFile]: `${JSON.stringify(data, null, 2)}\n` })
  } catch {
    return files
  }
}

function open(manifestFile: string, text: string): ManifestRecord | undefined {
  const manifest = JSON.parse(text) as JsonObject
  const { metadata, ...rest } = readOwn(manifestFile, manifest) as JsonObject & {
    metadata: { import: Import }
  }
  const { import: own, ...others } = metadata
  const { format, source, sourceSha256, outputSha256, ...ownRecord } = own
  const values = {
    ...rest,
    ...(Object.keys(ownRecord).length + Object.keys(others).length > 0 && {
      metadata: { ...(Object.keys(ownRecord).length > 0 && { import: ownRecord }), ...others },
    }),
  }
  return {
    data: writeOwn(manifestFile, manifest, values),
    record: { format, source, sourceSha256, outputSha256 } as ImportRecord,
  }
}

function seal(manifestFile: string, manifest: JsonObject, record: ImportRecord): string {
  const { metadata, ...rest } = readOwn(manifestFile, manifest)
  const { import: importRecord, ...others } = (metadata ?? {}) as { import?: JsonObject }
  const values = { ...rest, metadata: { import: { ...record, ...importRecord }, ...others } }
  return `${JSON.stringify(writeOwn(manifestFile, manifest, values), null, 2)}\n`
}

/** Files with a manifest that records their own digest. */
function sign(manifestFile: string, { data, texts }: State, record: ImportRecord) {
  const unsigned = {
    ...texts,
    [manifestFile]: seal(manifestFile, data, { ...record, outputSha256: UNSIGNED }),
  }
  const signed = { ...record, outputSha256: outputDigest(unsigned) }
  return { files: { ...texts, [manifestFile]: seal(manifestFile, data, signed) }, record: signed }
}

function without(files: Files, path: string): Record<string, string> {
  const { [path]: _, ...rest } = files
  return rest
}

function listChanges(old: State, now: State): string[] {
  const paths = [...new Set([...Object.keys(old.texts), ...Object.keys(now.texts)])]
  const changed = paths.filter((path) => old.texts[path] !== now.texts[path])
  return [...diffFields(old.data, now.data).map(({ path }) => path), ...changed.sort()]
}
