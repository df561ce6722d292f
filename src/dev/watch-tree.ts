import { type Dirent, type FSWatcher, readdirSync, watch } from 'node:fs'
import { basename, join, sep } from 'node:path'

/** What changes within this time of each other is one change: editors and builds write many files at once. */
const SETTLE_MS = 200

/** The platforms whose own watch sees a whole tree. */
const NATIVE = process.platform === 'darwin' || process.platform === 'win32'

/** Files of editors and tools that come and go without meaning anything. */
const NOISE = /^\.|~$|^(deno\.lock|node_modules)$/

/**
 * Calls `onChange` after something has changed in one of `targets`, files or folders below `root`, and then was still
 * for a moment. A target may be missing, and may be removed and made again, as a build does with `dist/`.
 * @returns how to stop
 */
export function watchTree(root: string, targets: readonly string[], onChange: () => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const wanted = targets.map((target) => join(root, target))
  const matters = (path: string) => !NOISE.test(basename(path)) && wanted.some((one) => areRelated(path, one))
  let settling: NodeJS.Timeout | undefined

  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const changed = (folder: string, name: string | null) => {
    // Named after itself: the folder was removed, and one that is made in its place wants a watcher of its own.
    if (name === basename(folder)) forget(folder)
    if (!matters(join(folder, name ?? ''))) return
    clearTimeout(settling)
    settling = setTimeout(() => {
      arm()
      onChange()
    }, SETTLE_MS)
  }
  const look = (folder: string) => {
    try {
      const watcher = watch(folder, { recursive: NATIVE }, (_event, name) => changed(folder, name))
      watchers.set(folder, watcher)
      watcher.on('error', () => forget(folder))
    } catch {
      // Gone since it was listed, or one folder more than the system watches.
    }
  }
  const arm = () => {
    for (const folder of NATIVE ? [root] : foldersBelow(root, matters))
      if (!watchers.has(folder)) look(folder)
  }
  arm()
  return () => {
    clearTimeout(settling)
    for (const folder of [...watchers.keys()]) forget(folder)
  }
}

/** Whether one is the other, or holds it. */
function areRelated(one: string, other: string): boolean {
  return one === other || one.startsWith(other + sep) || other.startsWith(one + sep)
}

function* foldersBelow(folder: string, matters: (path: string) => boolean): Generator<string> {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return
  }
  yield folder
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && matters(path)) yield* foldersBelow(path, matters)
  }
}
