import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'

/** The path of a link's target below a folder, with `/`; undefined if there is no target there. */
export function linkTarget(base: string, path: string): string | undefined {
  try {
    const target = relative(realpathSync(base), realpathSync(join(base, path)))
    return /^\.\.(?:$|[/\\])/.test(target) ? undefined : target.replaceAll(sep, '/')
  } catch {
    return undefined
  }
}

/** A link that leads out of a folder, or to nothing, in words. */
export function describeLink(base: string, path: string): string {
  const full = join(base, path)
  if (!existsSync(full)) return 'a symbolic link to nothing'
  return `a symbolic link to ${readlinkSync(full).replaceAll(sep, '/')}, outside of what is imported`
}

/** The file that a path names: that of a link, written like the path, as it is or from the current folder. */
export function followLink(path: string): string {
  if (!lstatSync(path).isSymbolicLink()) return path
  const target = realpathSync(path)
  return isAbsolute(path) ? target : relative(process.cwd(), target)
}
