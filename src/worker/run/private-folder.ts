import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { basename, join } from 'node:path'

/** Where a run's private folder is to be: nobody else knows the name of a run, and making it fails if it is there. */
export function privateFolderFor(runId: string, token: string): string {
  return join(tmpdir(), `nofx-run-${runId}-${token}`)
}

/** Only its owner can look into it. */
export function makePrivate(path: string): void {
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Removes a private folder with whatever a runner put into it, folders that may not be changed included.
 * @throws what the disk throws when it cannot be removed even so
 */
export function removePrivate(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    openFolders(path)
    rmSync(path, { recursive: true, force: true })
  }
}

/** Never through a link: it may lead anywhere. */
function openFolders(path: string): void {
  if (!lstatSync(path).isDirectory()) return
  chmodSync(path, 0o700)
  for (const name of readdirSync(path)) openFolders(join(path, name))
}

/**
 * Removes what a killed process of this run left behind. The path comes from a file, so it is looked at first: a
 * folder of the run's name, and ours.
 */
export function removeLeftover(path: string, runId: string): void {
  if (!basename(path).startsWith(`nofx-run-${runId}-`)) return
  const found = lstatSync(path, { throwIfNoEntry: false })
  const isOurs = found?.isDirectory() && (process.platform === 'win32' || found.uid === userInfo().uid)
  if (isOurs) removePrivate(path)
}
