import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'

/** Which definitions to check: all of these kinds, or the named ones as `kind/id`, or `kind` for all of one kind. */
export interface Selection {
  kinds: Kind[]
  names: ReadonlySet<string> | 'all'
  /** Paths outside of every definition, as they were given. */
  ignored: string[]
}

/**
 * The definitions that files belong to, or that folders contain. Files outside of every definition select nothing; a
 * deleted file belongs to the definition it was in.
 * @param root absolute path of the definitions
 * @param cwd the base of relative paths
 * @param isDefinition whether a name is a definition although its entry is not a folder; the disk decides by default
 */
export function selectFiles(
  paths: readonly string[],
  kinds: readonly Kind[],
  root: string,
  cwd: string,
  isDefinition?: (name: string) => boolean,
): Selection {
  const names = new Set<string>()
  const ignored: string[] = []
  for (const path of paths) {
    const full = resolve(cwd, path)
    const steps = stepsFrom(root, full)
    if (steps.every((step) => step === '..')) return { kinds: [...kinds], names: 'all', ignored: [] }
    const [kind = '', id, file] = steps
    const isKind = kinds.some((one) => one.id === kind)
    // A file beside the definitions' folders is in none of them; a name that no longer exists was a folder.
    const isEntry = id !== undefined && file === undefined
    const isBeside = isEntry && (isDefinition ? !isDefinition(nameOf({ kind, id })) : isFile(full))
    if (!isKind || isBeside || id?.startsWith('.')) ignored.push(path)
    else names.add(id ? nameOf({ kind, id }) : kind)
  }
  return { kinds: [...kinds], names, ignored }
}

/** The path segments from `root` to `path`: none for `root` itself, only `..` for a folder above it. */
function stepsFrom(root: string, path: string): string[] {
  const way = relative(root, path)
  const real = way.startsWith('..') ? relative(root, realPath(path)) : way
  return real.split(sep).filter((step) => step !== '')
}

/** The path with symbolic links resolved, as far as it exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const above = dirname(path)
  return above === path ? path : join(realPath(above), basename(path))
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
