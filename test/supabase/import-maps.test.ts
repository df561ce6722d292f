import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const FUNCTIONS = readdirSync('supabase/functions').filter((name) => !name.startsWith('_'))
const LOCK = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { version: string }>
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`, but for imports of types alone. */
const IMPORTS =
  /^(?:import|export)\s+(?!type\s)(?:[^'"]*?\sfrom\s+)?'([^']+)'|(?<!typeof )\bimport\(\s*'([^']+)'/gm

/** Every specifier in a file's whole graph that is not a file: packages and Node's modules. */
function bareImports(entry: string): string[] {
  const seen = new Set<string>()
  const bare = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const match of readFileSync(file, 'utf8').matchAll(IMPORTS)) {
      const name = (match[1] ?? match[2])!
      if (name.startsWith('.')) visit(join(dirname(file), name))
      else bare.add(name)
    }
  }
  visit(entry)
  return [...bare].sort()
}

/** `semver/ranges/valid.js` is the package `semver` and a file of it. */
function pinned(name: string): string {
  const [, pack, rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name)!
  return `npm:${pack}@${LOCK.packages[`node_modules/${pack}`]?.version}${rest}`
}

describe.each(FUNCTIONS)('the function %s', (name) => {
  const folder = join('supabase/functions', name)
  const imports = bareImports(join(folder, 'index.ts'))

  test('maps exactly what it loads, to the versions that npm has locked', () => {
    const config = JSON.parse(readFileSync(join(folder, 'deno.json'), 'utf8'))
    const packages = imports.filter((one) => !one.startsWith('node:'))
    expect(packages).toContain('zod')
    expect(config).toEqual({ imports: Object.fromEntries(packages.map((one) => [one, pinned(one)])) })
  })

  test('uses no more of Node than the rooms that it is made of may', () => {
    const builtins = imports.filter((one) => one.startsWith('node:'))
    expect(['node:buffer', 'node:crypto']).toEqual(expect.arrayContaining(builtins))
  })

  test('is an entry and an import map, and nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(['deno.json', 'index.ts'])
    expect(readFileSync(join(folder, 'index.ts'), 'utf8').split('\n').length).toBeLessThanOrEqual(6)
  })
})
