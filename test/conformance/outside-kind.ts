import { readFileSync } from 'node:fs'
import type { Kind } from '../../src/contract/kind.ts'

/** Loads the kind of a fixture package as the CLI loads a plugin's kind: by the oclif hook in its package.json. */
export async function outsideKind(name: string): Promise<Kind> {
  const root = new URL(`../fixtures/${name}/`, import.meta.url)
  const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    oclif: { hooks: { kinds: string } }
  }
  const hook = (await import(new URL(manifest.oclif.hooks.kinds, root).href)) as {
    default(): Promise<Kind[]>
  }
  const [kind] = await hook.default()
  if (!kind) throw new Error(`${name} gives no kind`)
  return kind
}
