import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ImportFormat, ReadOptions } from './format.ts'
import { readForeign } from './read-foreign.ts'

/** Folders above a file that may hold its plugin's manifest. */
const MAX_ABOVE = 12

/** The name of the plugin that a file belongs to: that of the nearest folder above with a plugin manifest. */
export function findPlugin(base: string, path: string): string | undefined {
  let folder = dirname(join(base, path))
  for (let above = 0; above < MAX_ABOVE; above++) {
    const name = nameIn(join(folder, '.claude-plugin', 'plugin.json'))
    if (name !== undefined) return name
    if (dirname(folder) === folder) return undefined
    folder = dirname(folder)
  }
  return undefined
}

/** Plugins of the files that would get an id which another file of the run gets as well. */
export async function sharedNames(
  format: ImportFormat,
  options: Pick<ReadOptions, 'base' | 'siblings'>,
): Promise<ReadonlyMap<string, string>> {
  const byId = new Map<string, string[]>()
  for (const path of options.siblings) {
    const read = readForeign(options.base, path)
    if (!read.ok) continue
    const alone = { ...options, isLive: () => false, wasThere: () => false }
    const foreign = await format.read({ path, text: read.text }, alone)
    if (!foreign.ok) continue
    const { id } = foreign.definition
    byId.set(id, [...(byId.get(id) ?? []), path])
  }
  const shared = [...byId.values()].filter((paths) => paths.length > 1).flat()
  return new Map(
    shared.flatMap((path) => {
      const plugin = findPlugin(options.base, path)
      return plugin === undefined ? [] : [[path, plugin] as const]
    }),
  )
}

function nameIn(manifest: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
