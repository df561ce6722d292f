import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { basename, join } from 'node:path'

/** The path of a run's private folder. Its name cannot be guessed, and creating it fails if it exists. */
export function privateFolderFor(runId: string, token: string): string {
  return join(tmpdir(), `nofx-run-${runId}-${token}`)
}

/** Creates a folder that only its owner can read. */
export function makePrivate(path: string): void {
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Removes a private folder and everything that a runner put into it, read-only folders included.
 * @throws the disk's error when the folder cannot be removed even so
 */
export function removePrivate(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    openFolders(path)
    rmSync(path, { recursive: true, force: true })
  }
}

/** Makes folders writable, never through a link: a link may lead anywhere. */
function openFolders(path: string): void {
  if (!lstatSync(path).isDirectory()) return
  chmodSync(path, 0o700)
  for (const name of readdirSync(path)) openFolders(join(path, name))
}

/**
 * Removes the folder that a killed process of this run left behind. The path comes from a file, so it is checked first:
 * the folder has to have the run's name and belong to this user.
 */
export function removeLeftover(path: string, runId: string): void {
  if (!basename(path).startsWith(`nofx-run-${runId}-`)) return
  const stats = lstatSync(path, { throwIfNoEntry: false })
  const isOurs = stats?.isDirectory() && (process.platform === 'win32' || stats.uid === userInfo().uid)
  if (isOurs) removePrivate(path)
}
