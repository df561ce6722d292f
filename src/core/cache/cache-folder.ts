import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The folder for caches of a project: `nofx` in git's folder of this working tree, else `.nofx/cache` where the project
 * has a folder `.nofx`. Undefined elsewhere: a command that only reads does not make a folder in a project.
 */
export function findCacheFolder(root: string): string | undefined {
  const git = findGitFolder(root)
  if (git !== undefined) return join(git, 'nofx')
  const own = join(root, '.nofx')
  return existsSync(own) ? join(own, 'cache') : undefined
}

/** The folder that git keeps for this working tree (git, "gitrepository-layout"). */
function findGitFolder(root: string): string | undefined {
  if (process.env.GIT_DIR) return resolve(process.env.GIT_DIR)
  for (let folder = root; ; folder = dirname(folder)) {
    const place = join(folder, '.git')
    const there = statSync(place, { throwIfNoEntry: false })
    if (there?.isDirectory()) return place
    if (there?.isFile()) return readGitFile(place)
    if (folder === dirname(folder)) return undefined
  }
}

/** A linked working tree and a submodule have a file that names the folder. */
function readGitFile(place: string): string | undefined {
  const [, path] = /^gitdir: (.+)$/m.exec(readFileSync(place, 'utf8')) ?? []
  return path === undefined ? undefined : resolve(dirname(place), path)
}
