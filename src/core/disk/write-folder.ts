import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { asDiskFailure } from './disk-failure.ts'

/** The disk as `writeFolder` needs it; another one stands in for it where a test wants a full disk. */
export interface Disk {
  existsSync(path: string): boolean
  mkdirSync(path: string, options: { recursive: true }): unknown
  readdirSync(path: string): string[]
  writeFileSync(path: string, content: string | Uint8Array, options?: { mode: number }): void
  renameSync(from: string, to: string): void
  rmSync(path: string, options: { recursive: true; force: true }): void
}

const DISK: Disk = { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync }

/** How a folder is written. */
interface WriteOptions {
  replace?: boolean
  disk?: Disk
  /** Paths of files that may be run as programs. */
  executable?: ReadonlySet<string>
}

/** Folders on their way in and out: dotted, so that no collecting reads them, and named after the process. */
const PASSING = /^\.(.+)\.(\d+)\.(new|old)$/

/**
 * Makes `dir` hold exactly these files (content by relative path), all of them or nothing: they are written beside it
 * and moved into place at the end. Without `replace` a folder with files in it is never touched.
 * @throws Failure DISK_FULL or INPUT_UNREADABLE, with the folder as it was before
 */
export function writeFolder(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { replace = false, disk = DISK, executable }: WriteOptions = {},
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

/** Mends what killed processes left in `parent`: a folder on its way out comes back, half-written ones go. */
export function recoverFolders(parent: string, disk: Disk = DISK): void {
  if (!disk.existsSync(parent)) return
  try {
    for (const name of disk.readdirSync(parent)) {
      const [, folder, pid, way] = PASSING.exec(name) ?? []
      if (folder === undefined || isRunning(Number(pid))) continue
      const target = join(parent, folder)
      if (way === 'old' && !disk.existsSync(target)) disk.renameSync(join(parent, name), target)
      else disk.rmSync(join(parent, name), { recursive: true, force: true })
    }
  } catch (error) {
    throw asDiskFailure(error, parent)
  }
}

/** The first error is the one to report; the next run recovers what stays behind. */
function quietly(tidy: () => unknown): void {
  try {
    tidy()
  } catch {}
}

function passing(dir: string, way: 'new' | 'old'): string {
  return join(dirname(dir), `.${basename(dir)}.${process.pid}.${way}`)
}

/** Another process that may still be writing. Our own writes are over whenever somebody asks. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The path of something in a folder.
 * @throws Failure REFUSED when it is not inside of it
 */
export function inside(dir: string, path: string): string {
  const target = resolve(dir, path)
  if (target.startsWith(resolve(dir) + sep)) return target
  const hint = 'use a relative path without ".."'
  throw new Failure('REFUSED', `"${path}" is outside of the definition's folder`, hint)
}
