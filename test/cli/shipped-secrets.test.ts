import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Source } from '../../src/contract/source.ts'
import { scanSuspects } from '../../src/contract/text/secret-scan.ts'

/** Keys of NOFX, and the shared secret of a local Supabase, which is in public documentation. */
const OURS = [
  /sb_(?:secret|publishable)_[\w-]{16,}/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  /super-secret-jwt-token/,
]

/** Every program file of the package, as it is installed. */
const SHIPPED = ['bin', 'dist'].flatMap((dir) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?js$/.test(path))
    .map((path) => join(dir, path)),
)

const sourceOf = (files: Source['files']): Source => ({ kind: 'agents', id: 'nofx', files, findings: [] })

describe('the files of the published package', () => {
  let files: Source['files']

  beforeAll(() => {
    files = SHIPPED.map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path, text, size: text.length, sha256: '' }
    })
  })

  it('the package contains no key as a default', () => {
    expect(SHIPPED).toContain(join('dist', 'nofx.cjs'))
    const found = files.flatMap(({ path, text = '' }) =>
      OURS.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((match) => ({ path, match })),
    )
    expect(found).toEqual([])
  })

  it('the package contains nothing that the scanner of definitions would refuse', async () => {
    expect(await scanSuspects(sourceOf(files), { suspects: SHIPPED })).toEqual([])
  })

  it('the check finds a key in the package when there is one', async () => {
    const [first] = files
    const leaky = { ...first!, text: `${first!.text}\nconst key = "ghp_${'a1B2'.repeat(9)}"\n` }
    expect(await scanSuspects(sourceOf([leaky]), { suspects: [leaky.path] })).toHaveLength(1)
  })
})
