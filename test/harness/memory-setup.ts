import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, which every Linux has. */
const MEMORY = '/dev/shm'
/** Twenty times the most that three workers had there at the same time. */
const ENOUGH = 4 * 1024 ** 3

/** Removes the folder as soon as vitest's end of the pipe closes, however vitest ends. Databases take a moment more. */
const CLEAN = `trap '' INT TERM HUP
cat >/dev/null
for try in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" 2>/dev/null && exit; sleep 1; done`

/**
 * vitest's global setup: temporary files of a run are in memory. A database is 500 files, and a disk needs 3 to 15
 * times the processor time to create one. `TMPDIR=/tmp npm test` has them on disk.
 */
export default function setup(): void {
  // vitest runs this for each of its projects.
  if (process.env.TMPDIR || !isRoomy()) return
  const folder = mkdtempSync(join(MEMORY, 'nofx-tests-'))
  // As /tmp: PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o1777)
  const cleaner = spawn('/bin/sh', ['-c', CLEAN, 'sh', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  cleaner.unref()
  ;(cleaner.stdin as unknown as { unref(): void }).unref()
  process.env.NOFX_TEST_DISK = tmpdir()
  process.env.TMPDIR = folder
}

/** Whether there is room in memory, for programs too: containers often have a small one without rights to execute. */
function isRoomy(): boolean {
  if (process.platform !== 'linux') return false
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ENOUGH && !optionsOf(MEMORY).includes('noexec')
  } catch {
    return false
  }
}

/** The options with which a folder is mounted: of several mounts, the last one counts. */
function optionsOf(folder: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const fields = mounts.map((line) => line.split(' ')).findLast(([, path]) => path === folder)
  return fields?.[3]?.split(',') ?? ['noexec']
}
