import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Description } from '../contract/kind.ts'
import { describedAs } from '../core/registry/operator-switch.ts'
import type { Registry } from '../core/registry/registry.ts'
import type { AskRegistry } from '../core/validate/surroundings.ts'

/**
 * Reads definitions that the tree lacks from the registry. The registry is opened for the first such question, and
 * never without one; when it cannot be reached the answer is `unknown`, so that validation works offline.
 */
export function openAskRegistry(open: () => Promise<Registry>, root: string): AskRegistry {
  const heads = new Map<string, Promise<Map<string, Description>>>()
  const configured = () => Boolean(process.env.SUPABASE_URL || process.env.NOFX_DATABASE_URL)
  return async (kind, id) => {
    if (!configured() && !existsSync(join(root, '.nofx'))) return 'missing'
    try {
      const pending = heads.get(kind) ?? open().then((registry) => describeHeads(registry, kind))
      heads.set(kind, pending)
      return (await pending).get(id) ?? 'missing'
    } catch {
      return 'unknown'
    }
  }
}

async function describeHeads(registry: Registry, kind: string): Promise<Map<string, Description>> {
  const heads = await registry.heads(kind)
  const present = heads.filter((head) => head.state !== 'removed')
  return new Map(present.map((head) => [head.id, describedAs(head)]))
}
