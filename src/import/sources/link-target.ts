import { realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The path of a link's target below a folder, with `/`; undefined if there is no target there. */
export function linkTarget(base: string, path: string): string | undefined {
  try {
    const target = relative(realpathSync(base), realpathSync(join(base, path)))
    return /^\.\.(?:$|[/\\])/.test(target) ? undefined : target.replaceAll(sep, '/')
  } catch {
    return undefined
  }
}
