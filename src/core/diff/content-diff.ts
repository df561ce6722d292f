import type { FileEntry } from '../../contract/kind.ts'
import { isMarkdown, readBody } from '../../contract/manifest/front-matter.ts'
import { diffFields, type FieldChange } from './field-diff.ts'

/** The parts of a definition's state that a diff needs. */
export interface Content {
  manifestPath: string
  manifest: unknown
  texts: ReadonlyMap<string, string>
  files: readonly FileEntry[]
}

/** A file that differs. `patch` is a unified diff of a text; `fields` lists the changes inside a JSON file. */
export interface FileChange {
  path: string
  change: 'added' | 'removed' | 'changed'
  /** Sizes in bytes before and after; 0 if the file is absent. */
  sizes: [number, number]
  patch?: string
  fields?: FieldChange[]
  /** Whether the file is executable afterwards, if that changed. */
  executable?: boolean
}

/** The differences between two states of one definition: the manifest by field, texts by line, assets by hash. */
export interface ContentDiff {
  fields: FieldChange[]
  files: FileChange[]
}

export interface DiffOptions {
  /** Lines of context around a change; as in `diff -u` unless given. */
  context?: number
}

/** Lines of context around a change, as in `diff -u`. */
const CONTEXT = 3
/** Added and removed lines beyond which the search for a smaller difference stops. */
const MOST_EDITS = 1_500

/** Compares two states of a definition. */
export async function diffContent(
  before: Content,
  after: Content,
  how: DiffOptions = {},
): Promise<ContentDiff> {
  const filesBefore = new Map(before.files.map((file) => [file.path, file]))
  const right = new Map(after.files.map((file) => [file.path, file]))
  const paths = [...new Set([...filesBefore.keys(), ...right.keys()])].sort()
  const changed = paths.filter((path) => differ(filesBefore.get(path), right.get(path)))
  const manifests = new Set([before, after].map(({ manifestPath }) => manifestPath))
  return {
    fields: diffFields(before.manifest, after.manifest),
    files: await Promise.all(
      changed
        .filter((path) => !manifests.has(path) || hasOtherBody(path, before, after))
        .map((path) => diffFile(path, [filesBefore.get(path), right.get(path)], [before, after], how)),
    ),
  }
}

/** Whether the text below the front matter differs: `fields` show the front matter alone. */
function hasOtherBody(path: string, before: Content, after: Content): boolean {
  const bodies = [before, after].map(({ texts }) => readBody(texts.get(path) ?? ''))
  return isMarkdown(path) && bodies[0] !== bodies[1]
}

function differ(left: FileEntry | undefined, right: FileEntry | undefined): boolean {
  return left?.sha256 !== right?.sha256 || left?.executable !== right?.executable
}

async function diffFile(
  path: string,
  [left, right]: [FileEntry | undefined, FileEntry | undefined],
  [before, after]: [Content, Content],
  how: DiffOptions,
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
  else change.patch = await renderPatch(path, old ?? '', now ?? '', how)
  return change
}

/**
 * A unified diff of one text, without the library's own header lines. Texts that have almost nothing in common are
 * shown as one replaced by the other, because finding the smallest difference would take minutes.
 */
export async function renderPatch(
  path: string,
  before: string,
  after: string,
  { context = CONTEXT }: DiffOptions = {},
): Promise<string> {
  const { createTwoFilesPatch, formatPatch } = await import('diff')
  const names = [`a/${path}`, `b/${path}`] as const
  const options = { context, maxEditLength: MOST_EDITS }
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
  const [old, now] = [splitLines(before), splitLines(after)]
  return {
    oldStart: 1,
    oldLines: old.length,
    newStart: 1,
    newLines: now.length,
    lines: [...marked('-', before, old), ...marked('+', after, now)],
  }
}

function splitLines(text: string): string[] {
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
