import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Registry } from '../core/registry.ts'

/**
 * Answers whether the registry has a definition that the tree lacks. The registry is opened at the first such
 * question only, and only if there is one; when it cannot be reached the answer is `unknown`, so that validation
 * works offline.
 */
export function openKnown(
  open: () => Promise<Registry>,
  root: string,
): (kind: string, id: string) => Promise<boolean | 'unknown'> {
  const heads = new Map<string, Promise<Set<string>>>()
  const configured = () => Boolean(process.env.SUPABASE_URL || process.env.NOFX_DATABASE_URL)
  return async (kind, id) => {
    if (!configured() && !existsSync(join(root, '.nofx'))) return false
    try {
      const asked = heads.get(kind) ?? open().then((registry) => liveIds(registry, kind))
      heads.set(kind, asked)
      return (await asked).has(id)
    } catch {
      return 'unknown'
    }
  }
}

async function liveIds(registry: Registry, kind: string): Promise<Set<string>> {
  const heads = await registry.heads(kind)
  return new Set(heads.filter((head) => head.state !== 'removed').map((head) => head.id))
}
