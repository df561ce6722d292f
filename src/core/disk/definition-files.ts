import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Every path in the folders of these definitions that is not a folder, relative to the definitions' root. A file in the place of a
 * definition is beside the definitions.
 */
export function filesOnDisk(root: string, names: readonly string[]): Set<string> {
  const paths = new Set<string>()
  const walk = (path: string) => {
    for (const entry of listEntries(join(root, path))) {
      const full = `${path}/${entry.name}`
      if (entry.isDirectory() && entry.name !== '.git') walk(full)
      else paths.add(full)
    }
  }
  for (const name of names) {
    const stats = lstatSync(join(root, name), { throwIfNoEntry: false })
    if (stats?.isDirectory()) walk(name)
    else if (stats && !stats.isFile()) paths.add(name)
  }
  return paths
}

/** What is in a folder; nothing if it cannot be read. */
export function listEntries(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch {
    return []
  }
}
