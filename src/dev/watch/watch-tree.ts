import { type Dirent, type FSWatcher, readdirSync, watch } from 'node:fs'
import { basename, join, sep } from 'node:path'

/** Changes within this time of each other count as one, milliseconds: editors and builds write many files at once. */
const SETTLE_MS = 200

/** The platforms whose own watch covers a whole tree. */
const NATIVE = process.platform === 'darwin' || process.platform === 'win32'

/** Temporary files of editors and tools. */
const NOISE = /^\.|~$|^(deno\.lock|node_modules)$/

/**
 * Calls `onChange` when one of `targets`, files or folders below `root`, has changed and then stayed unchanged for a
 * moment.
 * A target may be missing, and may be removed and created again, as a build does with `dist/`.
 * @param except folders inside of targets whose changes do not count
 * @returns the function that stops watching
 */
export function watchTree(
  root: string,
  targets: readonly string[],
  onChange: () => void,
  except: readonly string[] = [],
): () => void {
  const watchers = new Map<string, FSWatcher>()
  const matters = chooseChanges(root, targets, except)
  let settling: NodeJS.Timeout | undefined

  const forget = (folder: string) => {
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }
  const changed = (folder: string, name: string | null) => {
    // The folder's own name: it was removed, and a new one in its place needs its own watcher.
    if (name === basename(folder)) forget(folder)
    if (!matters(join(folder, name ?? ''))) return
    clearTimeout(settling)
    settling = setTimeout(() => {
      arm()
      onChange()
    }, SETTLE_MS)
  }
  const look = (folder: string) => {
    const onError = () => forget(folder)
    const watcher = openWatcher(folder, (name) => changed(folder, name))?.on('error', onError)
    if (watcher) watchers.set(folder, watcher)
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

/** Undefined: the folder was removed since it was listed, or the system's limit of watches is reached. */
function openWatcher(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(folder, { recursive: NATIVE }, (_event, name) => onEvent(name))
  } catch {
    return undefined
  }
}

/** Tells the paths whose changes count. */
function chooseChanges(root: string, targets: readonly string[], except: readonly string[]) {
  const paths = targets.map((target) => join(root, target))
  const ignored = except.map((path) => join(root, path))
  return (path: string): boolean =>
    !NOISE.test(basename(path)) &&
    paths.some((one) => areRelated(path, one)) &&
    !ignored.some((one) => path === one || path.startsWith(one + sep))
}

/** Whether one path is the other, or contains it. */
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
