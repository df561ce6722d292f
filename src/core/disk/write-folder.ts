import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from './disk-failure.ts'
import { isPidRunning } from './process-identity.ts'

/** The disk operations of `writeFolder`; a test replaces them to simulate a full disk. */
export interface Disk {
  existsSync(path: string): boolean
  mkdirSync(path: string, options: { recursive: true }): unknown
  readdirSync(path: string): string[]
  writeFileSync(path: string, content: string | Uint8Array, options?: { mode: number }): void
  renameSync(from: string, to: string): void
  rmSync(path: string, options: { recursive: true; force: true }): void
}

const DISK: Disk = { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync }

/** Options of `writeFolder`. */
interface FolderWriteOptions {
  replace?: boolean
  disk?: Disk
  /** Paths of executable files. */
  executable?: ReadonlySet<string>
}

/**
 * Temporary names of new and old folders. They start with a dot, so that collecting skips them, and contain the pid.
 */
const PASSING = /^\.(.+)\.(\d+)\.(new|old)$/

/**
 * Makes `dir` hold exactly these files (content by relative path), all of them or nothing: they are written beside it
 * and moved into place at the end. Without `replace`, a folder that contains files is never changed.
 * @throws Failure DISK_FULL or INPUT_UNREADABLE; the folder is then unchanged
 */
export function writeFolder(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { replace = false, disk = DISK, executable }: FolderWriteOptions = {},
): void {
  const fresh = passing(dir, 'new')
  const old = passing(dir, 'old')
  try {
    disk.rmSync(fresh, { recursive: true, force: true })
    for (const [path, content] of Object.entries(files)) {
      const target = inside(fresh, path)
      disk.mkdirSync(dirname(target), { recursive: true })
      if (executable?.has(path)) disk.writeFileSync(target, content, { mode: 0o777 })
      else disk.writeFileSync(target, content)
    }
    if (replace && disk.existsSync(dir)) disk.renameSync(dir, old)
    disk.renameSync(fresh, dir)
    disk.rmSync(old, { recursive: true, force: true })
  } catch (error) {
    quietly(() => disk.existsSync(old) && !disk.existsSync(dir) && disk.renameSync(old, dir))
    quietly(() => disk.rmSync(fresh, { recursive: true, force: true }))
    throw asDiskFailure(error, dir)
  }
}

/**
 * Repairs what killed processes left in `parent`: a folder that was about to be replaced is restored, half-written
 * folders are removed.
 */
export function recoverFolders(parent: string, disk: Disk = DISK): void {
  if (!disk.existsSync(parent)) return
  try {
    for (const name of disk.readdirSync(parent)) {
      const [, folder, pid, way] = PASSING.exec(name) ?? []
      if (folder === undefined || isPidRunning(Number(pid))) continue
      const target = join(parent, folder)
      if (way === 'old' && !disk.existsSync(target)) disk.renameSync(join(parent, name), target)
      else disk.rmSync(join(parent, name), { recursive: true, force: true })
    }
  } catch (error) {
    throw asDiskFailure(error, parent)
  }
}

/** The caller reports the first error; the next run recovers what remains. */
function quietly(tidy: () => unknown): void {
  try {
    tidy()
  } catch {}
}

function passing(dir: string, way: 'new' | 'old'): string {
  return join(dirname(dir), `.${basename(dir)}.${process.pid}.${way}`)
}

/**
 * The path of a file in a folder.
 * @throws Failure REFUSED if the path leads outside of the folder
 */
export function inside(dir: string, path: string): string {
  const target = resolve(dir, path)
  if (target.startsWith(resolve(dir) + sep)) return target
  const hint = 'use a relative path without ".."'
  throw new Failure('REFUSED', `"${path}" is outside of the definition's folder`, hint)
}
