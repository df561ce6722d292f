import { isUtf8 } from 'node:buffer'
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathProblem, pathTwins } from '../../contract/check/file-rules.ts'
import type { Finding } from '../../contract/diagnostic.ts'
import { quoted } from '../../contract/fields/shown.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { ASSETS } from '../../contract/source.ts'
import { type FolderFiles, importFinding } from './format.ts'

/** The limits of the kind: what is beyond them could never be published. */
const MAX_FILES = 200
const MAX_TEXT = 256 * 1024
const MAX_ASSET = 50_000_000
/** Folders and files that are no part of a definition. */
const PASSED_OVER = new Set(['.git', 'node_modules', '.DS_Store', '__pycache__'])

/**
 * Reads every file of a folder but `own`. Links are not followed, and nothing outside of the folder is read: what a
 * definition cannot hold becomes a finding. `start` is the start of paths in findings.
 */
export function readFolderFiles(dir: string, own: string, start: string): FolderFiles {
  const files: FolderFiles = { texts: {}, bytes: new Map(), executable: new Set(), findings: [] }
  const paths = listPaths(dir, '', files, start).filter((path) => path !== own)
  if (paths.length > MAX_FILES) {
    const file = start.replace(/\/$/, '') || '.'
    const message = `${file} has ${paths.length} files, more than ${MAX_FILES}`
    files.findings.push(importFinding('NOFX_IMPORT_SIZE', { file }, message, 'remove some'))
    return files
  }
  checkNames([own, ...paths], files, start)
  for (const path of paths.sort()) readOne(dir, path, files, start)
  return files
}

/** A name that the kind refuses would be refused only after the import. */
function checkNames(paths: readonly string[], { findings }: FolderFiles, start: string): void {
  const twins = new Map(pathTwins(paths))
  for (const path of paths) {
    const twin = twins.get(path)
    const problem =
      pathProblem(path) ??
      (twin === undefined ? undefined : `and ${quoted(twin)} are the same file where case is ignored`)
    if (problem === undefined) continue
    const message = `${quoted(`${start}${path}`)} ${problem}`
    const hint = 'rename the file, and correct the links to it'
    findings.push(importFinding('NOFX_IMPORT_NAME', { file: `${start}${path}` }, message, hint))
  }
}

function listPaths(dir: string, prefix: string, files: FolderFiles, start: string): string[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(dir, prefix), { withFileTypes: true })
  } catch (error) {
    files.findings.push(
      unreadable(`${start}${prefix}`, (error as NodeJS.ErrnoException).code ?? 'unknown error'),
    )
    return []
  }
  return entries.flatMap((entry) => {
    const path = `${prefix}${entry.name}`
    if (PASSED_OVER.has(entry.name)) return []
    if (entry.isDirectory()) return listPaths(dir, `${path}/`, files, start)
    if (entry.isFile()) return [path]
    const what = entry.isSymbolicLink() ? 'a symbolic link' : 'not a regular file'
    const message = `${start}${path} is ${what}`
    const hint = 'put the file itself into the folder'
    files.findings.push(importFinding('NOFX_IMPORT_UNREADABLE', { file: `${start}${path}` }, message, hint))
    return []
  })
}

function readOne(dir: string, path: string, files: FolderFiles, start: string): void {
  const file = `${start}${path}`
  const isAsset = path.startsWith(ASSETS)
  const most = isAsset ? MAX_ASSET : MAX_TEXT
  try {
    const { size, mode } = lstatSync(join(dir, path))
    if (size > most) {
      const message = `${file} has ${size} bytes, more than ${most}`
      files.findings.push(importFinding('NOFX_IMPORT_SIZE', { file }, message, 'make it smaller'))
      return
    }
    const bytes = readFileSync(join(dir, path))
    if ((mode & 0o100) !== 0) files.executable.add(path)
    if (isUtf8(bytes)) files.texts[path] = foldLines(bytes.toString('utf8'))
    else if (isAsset) files.bytes.set(path, bytes)
    else {
      const message = `${file} is not UTF-8 text`
      const hint = `move it below ${ASSETS}, and correct the links to it`
      files.findings.push(importFinding('NOFX_IMPORT_ENCODING', { file }, message, hint))
    }
  } catch (error) {
    files.findings.push(unreadable(file, (error as NodeJS.ErrnoException).code ?? 'unknown error'))
  }
}

function unreadable(file: string, code: string): Finding {
  const message = `${file} cannot be read (${code})`
  return importFinding('NOFX_IMPORT_UNREADABLE', { file }, message, 'check that you may read it')
}
