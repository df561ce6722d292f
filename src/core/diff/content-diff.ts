import type { FileEntry } from '../../contract/kind.ts'
import { diffFields, type FieldChange } from './field-diff.ts'

/** What a diff needs of one state of a definition. */
export interface Content {
  manifestPath: string
  manifest: unknown
  texts: ReadonlyMap<string, string>
  files: readonly FileEntry[]
}

/** A file that differs. `patch` is a unified diff of a text; `fields` says what changed inside a JSON file. */
export interface FileChange {
  path: string
  change: 'added' | 'removed' | 'changed'
  /** Bytes before and after; 0 where absent. */
  sizes: [number, number]
  patch?: string
  fields?: FieldChange[]
  /** Whether it may be run as a program afterwards, where that changed. */
  executable?: boolean
}

/** Two states of one definition compared: the manifest by meaning, texts by line, assets by hash. */
export interface ContentDiff {
  fields: FieldChange[]
  files: FileChange[]
}

/** Lines of context around a change, as `diff -u` has them. */
const CONTEXT = 3
/** Lines added or removed beyond which nobody looks for a smaller difference. */
const MOST_EDITS = 1_500

/** Compares two states; `before` is undefined for a definition that is new. */
export async function diffContent(before: Content, after: Content): Promise<ContentDiff> {
  const left = new Map(before.files.map((file) => [file.path, file]))
  const right = new Map(after.files.map((file) => [file.path, file]))
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort()
  const changed = paths.filter((path) => differ(left.get(path), right.get(path)))
  const manifests = new Set([before.manifestPath, after.manifestPath])
  return {
    fields: diffFields(before.manifest, after.manifest),
    files: await Promise.all(
      changed
        .filter((path) => !manifests.has(path))
        .map((path) => diffFile(path, left.get(path), right.get(path), before, after)),
    ),
  }
}

function differ(left: FileEntry | undefined, right: FileEntry | undefined): boolean {
  return left?.sha256 !== right?.sha256 || left?.executable !== right?.executable
}

async function diffFile(
  path: string,
  left: FileEntry | undefined,
  right: FileEntry | undefined,
  before: Content,
  after: Content,
): Promise<FileChange> {
  const change: FileChange = {
    path,
    change: left ? (right ? 'changed' : 'removed') : 'added',
    sizes: [left?.size ?? 0, right?.size ?? 0],
    ...(right && left?.executable !== right.executable ? { executable: right.executable === true } : {}),
  }
  const [old, now] = [before.texts.get(path), after.texts.get(path)]
  if (old === undefined && now === undefined) return change
  const parsed = path.endsWith('.json') ? [parse(old), parse(now)] : []
  if (parsed[0] !== undefined && parsed[1] !== undefined) change.fields = diffFields(parsed[0], parsed[1])
  else change.patch = await renderPatch(path, old ?? '', now ?? '')
  return change
}

/**
 * A unified diff of one text, without the library's own header lines. Texts that have next to nothing in common are shown as
 * one replaced by the other: to look for the least difference would take minutes.
 */
export async function renderPatch(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, formatPatch } = await import('diff')
  const names = [`a/${path}`, `b/${path}`] as const
  const options = { context: CONTEXT, maxEditLength: MOST_EDITS }
  const patch =
    createTwoFilesPatch(...names, before, after, '', '', options) ??
    formatPatch({
      oldFileName: names[0],
      newFileName: names[1],
      oldHeader: '',
      newHeader: '',
      hunks: [replacement(before, after)],
    })
  return patch.slice(patch.indexOf('--- '))
}

function replacement(before: string, after: string) {
  const [old, now] = [linesOf(before), linesOf(after)]
  return {
    oldStart: 1,
    oldLines: old.length,
    newStart: 1,
    newLines: now.length,
    lines: [...marked('-', before, old), ...marked('+', after, now)],
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function marked(sign: string, text: string, lines: readonly string[]): string[] {
  const open = text !== '' && !text.endsWith('\n')
  return [...lines.map((line) => sign + line), ...(open ? ['\\ No newline at end of file'] : [])]
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
