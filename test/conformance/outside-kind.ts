import { readFileSync } from 'node:fs'
import type { Kind } from '../../src/contract/kind.ts'

/** Loads a fixture package's kind as a plugin's kind is found: by the oclif hook that its package.json names. */
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
