import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Finding } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from '../../core/disk/disk-failure.ts'
import { type ImportFormat, importFinding } from './format.ts'
import { describeLink, followLink, linkTarget } from './link-target.ts'
import { otherFormat } from './other-formats.ts'
import { readForeign } from './read-foreign.ts'

/** Folders that never hold sources, however deep. Other dotted ones do: `.claude/agents`. */
const PASSED_OVER = new Set(['.git', 'node_modules'])

/** Skills come in folders of this name. */
const IN_SKILLS = /(?:^|\/)skills\//

/** `paths` are relative to `base`, with `/`, sorted. `findings` name folders that could not be looked into. */
export interface ImportSources {
  /** Absolute. */
  base: string
  /** `base` as the user named it: findings start with it. */
  shownPath: string
  paths: string[]
  /** Texts of sources that are entries of a list, by path. */
  texts?: ReadonlyMap<string, string>
  findings: Finding[]
}

/** A file or link that is not imported, and why. */
export interface PassedOver {
  source: string
  reason: string
}

/** What an import finds: sources in the order of the formats, and what it leaves. */
export interface SearchResult {
  sources: ImportSources[]
  passedOver: PassedOver[]
}

/** One walk for several formats. */
interface SourceWalk {
  base: string
  formats: readonly ImportFormat[]
  result: SearchResult
  /** Links that stand where a source or a folder of sources is expected. */
  links: string[]
}

/**
 * Finds all files of each format below `from`, or takes `from` itself when it is a file. A file belongs to the first
 * format that knows its path, else to the first that knows its text. Every other Markdown file, every link, every file of
 * a known other format, and every file in a folder of sources or of a Skill is passed over with a reason. A link
 * that stands for a source is followed to a file below `from`, unless that file is read by its own path. Any other link
 * below `from` is passed over; a link that is named itself is followed.
 * @throws Failure INPUT_UNREADABLE when `from` does not exist
 */
export function findSources(from: string, formats: readonly ImportFormat[]): SearchResult {
  const single = isFile(resolve(from), from)
  const path = single ? followLink(from) : from
  const start = resolve(path)
  const shownPath = path.replaceAll('\\', '/').replace(/(?<=[^/])\/+$/, '')
  const base = single ? dirname(start) : start
  const sources = formats.map(() => ({
    base,
    shownPath: single ? dirname(shownPath) : shownPath,
    paths: [] as string[],
    findings: [] as Finding[],
  }))
  const run: SourceWalk = { base, formats, result: { sources, passedOver: [] }, links: [] }
  if (single) takeNamed(run, basename(start))
  else {
    walk(run, '', undefined)
    settleLinks(run)
  }
  for (const { paths } of sources) paths.sort(compare)
  run.result.passedOver.sort((a, b) => compare(a.source, b.source))
  return run.result
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}

function isFile(path: string, shownPath: string): boolean {
  try {
    return statSync(path).isFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asDiskFailure(error, path)
    throw new Failure(
      'INPUT_UNREADABLE',
      `${shownPath} does not exist`,
      'name a file or a folder that exists',
    )
  }
}

/** A file that was named is meant: what no format knows is the first one's to refuse. */
function takeNamed(run: SourceWalk, path: string): void {
  const isFormats = run.formats.some((format) => format.matches(toCandidate(run, path)))
  const other = isFormats ? undefined : otherFormat(path)
  const sources = run.result.sources[Math.max(0, other === undefined ? findFormat(run, path) : 0)]
  if (other === undefined) sources?.paths.push(path)
  else
    sources?.findings.push(
      importFinding(
        'NOFX_IMPORT_FORMAT',
        { file: path },
        `${path} is ${other}`,
        'name Markdown files of agents or commands, or a folder with them',
      ),
    )
}

/** Whether a folder has a SKILL.md itself, or lies in one that has. */
type InSkill = 'at top' | 'below' | undefined

/** @param above where the folder above is */
function walk(run: SourceWalk, prefix: string, above: InSkill): void {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(run.base, prefix), { withFileTypes: true })
  } catch (error) {
    const what = `${prefix.slice(0, -1) || '.'} cannot be read (${(error as NodeJS.ErrnoException).code})`
    run.result.sources[0]?.findings.push(unreadable(prefix, what, 'check that you may read it'))
    return
  }
  const hasSkill = entries.some(({ name }) => /^skill\.md$/i.test(name))
  const inSkill: InSkill = above ? 'below' : hasSkill ? 'at top' : undefined
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`
    if (PASSED_OVER.has(entry.name)) continue
    if (entry.isDirectory()) walk(run, `${path}/`, inSkill)
    else if (entry.isSymbolicLink()) passLink(run, path)
    else if (entry.isFile()) settle(run, path, inSkill)
    else pass(run, path, 'it is not a regular file')
  }
}

/** Passes over a link, or keeps it for `settleLinks` if a source or a folder of sources is expected there. */
function passLink(run: SourceWalk, path: string): void {
  const byPath = run.formats.findIndex((format) => format.matches(toCandidate(run, path)))
  if (byPath >= 0 || linkedFormat(run, path) >= 0) run.links.push(path)
  else pass(run, path, 'it is a symbolic link')
}

/**
 * Passes over each link to sources that were found, and each that leads elsewhere. A link to any other file here stands
 * for that file.
 */
function settleLinks(run: SourceWalk): void {
  const sourcePaths = run.result.sources.flatMap(({ paths }) => paths)
  for (const path of run.links) {
    const target = linkTarget(run.base, path)
    const isRead =
      target !== undefined && sourcePaths.some((one) => `${one}/`.startsWith(target && `${target}/`))
    if (isRead) pass(run, path, `it is a symbolic link to ${target || '.'}, which is read`)
    else if (target === undefined) pass(run, path, `it is ${describeLink(run.base, path)}`)
    else if (statSync(join(run.base, path)).isFile()) settle(run, path, undefined)
    else pass(run, path, `it is a symbolic link to ${target}, which has no sources`)
  }
}

function settle(run: SourceWalk, path: string, inSkill: InSkill): void {
  const classified = classify(run, path, inSkill)
  if (typeof classified === 'string') pass(run, path, classified)
  else if (classified !== undefined) run.result.sources[classified]?.paths.push(path)
}

/** The format of a file, the reason why it has none, or undefined for a file that is nothing to an importer. */
function classify(run: SourceWalk, path: string, inSkill: InSkill): number | string | undefined {
  const byPath = run.formats.findIndex((format) => format.matches(toCandidate(run, path)))
  const format = run.formats[byPath]
  // A file of a folder that is read as a whole comes along with it.
  if (inSkill && !(format?.isFolder && inSkill === 'at top') && run.formats.some(({ isFolder }) => isFolder))
    return undefined
  const other = format ? undefined : otherFormat(toCandidate(run, path))
  if (other !== undefined) return other
  if (!format && (inSkill || IN_SKILLS.test(toCandidate(run, path)))) return 'it belongs to a Skill'
  if (!format && !run.formats.some(({ extension }) => path.endsWith(extension))) return whyBeside(run, path)
  const read = readForeign(run.base, path)
  if (format) return settleByPath(run, path, byPath, read.ok ? read.text : undefined)
  const byText = findFormat(run, path)
  if (byText >= 0) return byText
  // A JSON file of no known format belongs to some other program.
  if (path.endsWith('.json')) return undefined
  return read.ok ? whyUnknown(read.text) : read.finding.message
}

/** A file whose path fits a format: another format may know its text for sure, or it may be a stray. */
function settleByPath(
  run: SourceWalk,
  path: string,
  byPath: number,
  text: string | undefined,
): number | string {
  if (text === undefined) return byPath
  const sure = run.formats.findIndex((format) => format.isSure?.(text))
  return run.formats[byPath]?.stray(toCandidate(run, path), text) ?? (sure >= 0 ? sure : byPath)
}

function pass(run: SourceWalk, source: string, reason: string): void {
  run.result.passedOver.push({ source, reason })
}

/** Why a file is passed over that lies among sources; undefined elsewhere, and for hidden files such as an editor's. */
function whyBeside(run: SourceWalk, path: string): string | undefined {
  const siblings = `${path.slice(0, -basename(path).length)}any`
  const format = run.formats.find(
    ({ matches, extension, isAnywhere }) =>
      !isAnywhere && matches(toCandidate(run, `${siblings}${extension}`)),
  )
  return format && !basename(path).startsWith('.') ? `it does not end in ${format.extension}` : undefined
}

function whyUnknown(text: string): string {
  return /^---[ \t]*\n/.test(text)
    ? 'its front matter is not that of an agent or a command'
    : 'it has no front matter'
}

/** A path from the start folder's own name on. */
function toCandidate(run: SourceWalk, path: string): string {
  return `${basename(run.base)}/${path}`
}

function findFormat(run: SourceWalk, path: string): number {
  const byPath = run.formats.findIndex((format) => format.matches(toCandidate(run, path)))
  if (byPath >= 0) return byPath
  return run.formats.findIndex((format) => isRecognised(run, path, format))
}

/** The format whose folder a link stands for. */
function linkedFormat(run: SourceWalk, path: string): number {
  return run.formats.findIndex((format) => format.matches(toCandidate(run, `${path}/any${format.extension}`)))
}

function isRecognised(run: SourceWalk, path: string, format: ImportFormat): boolean {
  if (!path.endsWith(format.extension) || basename(path).startsWith('.')) return false
  const read = readForeign(run.base, path)
  return read.ok && format.recognises(read.text, toCandidate(run, path))
}

function unreadable(path: string, message: string, hint: string): Finding {
  return importFinding('NOFX_IMPORT_UNREADABLE', { file: path.replace(/\/$/, '') || '.' }, message, hint)
}
