import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from '../core/registry/registry.ts'
import { type OpenOptions, openRegistry } from './open-registry.ts'

/**
 * Opens the registry of a run, or the preview of its plan, to ask what is disabled. Undefined when the environment
 * names no registry and the project has none: a run that is resumed needs no registry, and does not make one.
 */
export function switchesOpener(
  options: OpenOptions,
  preview: string | undefined,
): (() => Promise<Pick<Registry, 'head' | 'close'>>) | undefined {
  const { root, env } = options
  const isNamed = env.SUPABASE_URL || env.NOFX_DATABASE_URL
  if (!isNamed && !existsSync(join(root, '.nofx/keys.json'))) return undefined
  return async () => {
    const registry = await openRegistry(options)
    const read = preview === undefined ? registry : registry.inPreview(preview)
    return { head: (kind, id) => read.head(kind, id), close: () => registry.close() }
  }
}
