import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Finding } from '../diagnostic.ts'
import { asDiskFailure } from '../disk-failure.ts'
import { type ImportFormat, importFinding } from './format.ts'
import { readForeign } from './read-foreign.ts'

/** Folders that never hold sources, however deep. Other dotted ones do: `.claude/agents`. */
const PASSED_OVER = new Set(['.git', 'node_modules'])

/** `paths` are relative to `base`, with `/`, sorted. `findings` name folders that could not be looked into. */
export interface Sources {
  /** Absolute. */
  base: string
  /** `base` as the user named it: findings start with it. */
  shown: string
  paths: string[]
  findings: Finding[]
}

/** One walk for several formats: `found` has their sources in the order of `formats`. */
interface Walk {
  base: string
  formats: readonly ImportFormat[]
  found: Sources[]
}

/**
 * Finds all files of each format below `from`, or takes `from` itself when it is a file. A file belongs to the first
 * format that knows its path, else to the first that knows its text. Linked folders are not entered.
 * @throws Failure INPUT_UNREADABLE when `from` does not exist
 */
export function findSources(from: string, formats: readonly ImportFormat[]): Sources[] {
  const start = resolve(from)
  const shown = from.replaceAll('\\', '/')
  const single = isFile(start)
  const base = single ? dirname(start) : start
  const found = formats.map(() => ({
    base,
    shown: single ? dirname(shown) : shown,
    paths: [] as string[],
    findings: [] as Finding[],
  }))
  const run = { base, formats, found }
  // A file that was named is meant: what no format knows is the first one's to refuse.
  if (single) found[Math.max(0, formatOf(run, basename(start)))]?.paths.push(basename(start))
  else walk(run, '')
  for (const { paths } of found) paths.sort((a, b) => (a < b ? -1 : 1))
  return found
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

function walk(run: Walk, prefix: string): void {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(run.base, prefix), { withFileTypes: true })
  } catch (error) {
    const what = `${prefix.slice(0, -1) || '.'} cannot be read (${(error as NodeJS.ErrnoException).code})`
    run.found[0]?.findings.push(unreadable(prefix, what, 'check that you may read it'))
    return
  }
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) walk(run, `${path}/`)
      continue
    }
    const taken = run.found[formatOf(run, path)]
    if (taken) taken.paths.push(path)
    else if (entry.isSymbolicLink())
      run.found[linkedFormat(run, path)]?.findings.push(
        unreadable(path, `${path} is a symbolic link`, 'import the folder that it names'),
      )
  }
}

function formatOf(run: Walk, path: string): number {
  const named = `${basename(run.base)}/${path}`
  const byPath = run.formats.findIndex((format) => format.matches(named))
  if (byPath >= 0 || path.includes('/')) return byPath
  return run.formats.findIndex((format) => isRecognised(run.base, path, format))
}

/** The format whose folder a link stands for. */
function linkedFormat(run: Walk, path: string): number {
  return run.formats.findIndex((format) =>
    format.matches(`${basename(run.base)}/${path}/any${format.extension}`),
  )
}

function isRecognised(base: string, path: string, format: ImportFormat): boolean {
  if (!path.endsWith(format.extension)) return false
  const read = readForeign(base, path)
  return read.ok && format.recognises(read.text)
}

function unreadable(path: string, message: string, hint: string): Finding {
  return importFinding('NOFX_IMPORT_UNREADABLE', { file: path.replace(/\/$/, '') || '.' }, message, hint)
}
