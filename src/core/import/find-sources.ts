import { type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Finding } from '../diagnostic.ts'
import { asDiskFailure } from '../write-folder.ts'
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

/**
 * Finds all files of a format below `from`, or takes `from` itself when it is a file. Linked folders are not entered.
 * @throws Failure INPUT_UNREADABLE when `from` does not exist
 */
export function findSources(from: string, format: ImportFormat): Sources {
  const start = resolve(from)
  const sources: Sources = { base: start, shown: from.replaceAll('\\', '/'), paths: [], findings: [] }
  if (isFile(start))
    return { ...sources, base: dirname(start), shown: dirname(sources.shown), paths: [basename(start)] }
  const take = (path: string): boolean =>
    format.matches(`${basename(start)}/${path}`) || isRecognised(start, path, format)
  walk(sources, '', take, format)
  sources.paths.sort((a, b) => (a < b ? -1 : 1))
  return sources
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

function walk(sources: Sources, prefix: string, take: (path: string) => boolean, format: ImportFormat): void {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(sources.base, prefix), { withFileTypes: true })
  } catch (error) {
    const what = `${prefix.slice(0, -1) || '.'} cannot be read (${(error as NodeJS.ErrnoException).code})`
    sources.findings.push(unreadable(prefix, what, 'check that you may read it'))
    return
  }
  for (const entry of entries) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) walk(sources, `${path}/`, take, format)
    } else if (take(path)) sources.paths.push(path)
    else if (entry.isSymbolicLink() && take(`${path}/any${format.extension}`))
      sources.findings.push(unreadable(path, `${path} is a symbolic link`, 'import the folder that it names'))
  }
}

function unreadable(path: string, message: string, hint: string): Finding {
  return importFinding('NOFX_IMPORT_UNREADABLE', { file: path.replace(/\/$/, '') || '.' }, message, hint)
}

function isRecognised(base: string, path: string, format: ImportFormat): boolean {
  if (path.includes('/') || !path.endsWith(format.extension)) return false
  const read = readForeign(base, path)
  return read.ok && format.recognises(read.text)
}
