import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCache, writeCache } from '../../../src/core/cache/cache-file.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const line = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text))
const lines = fc.dictionary(
  fc.stringMatching(/^[a-z]+\/[a-z0-9]+$/),
  fc.array(line, { minLength: 1, maxLength: 4 }).map((fields) => fields.join('\t')),
)

it('reads the lines that it wrote, of one maker', () => {
  const path = join(tempFolder(), 'deep/down/cache')
  fc.assert(
    fc.property(lines, fc.string({ minLength: 1 }), (rows, maker) => {
      const written = new Map(Object.entries(rows))
      writeCache({ path, maker }, written)
      expect(readCache({ path, maker })).toEqual(written)
      expect(readCache({ path, maker: `${maker}x` }).size).toBe(0)
    }),
    { numRuns: 50 },
  )
})

it('has no lines without a file', () => {
  expect(readCache({ path: join(tempFolder(), 'none'), maker: 'a' }).size).toBe(0)
})

it.skipIf(process.platform === 'win32')(
  'waits for nothing where something else is in the place of the file',
  () => {
    const path = join(tempFolder(), 'cache')
    for (const make of [() => execFileSync('mkfifo', [path]), () => mkdirSync(path)]) {
      make()
      const { ino } = statSync(path)
      writeCache({ path, maker: 'a' }, new Map([['agents/a', 'x']]))
      expect(readCache({ path, maker: 'a' }).size).toBe(0)
      expect(statSync(path).ino).toBe(ino)
      rmSync(path, { recursive: true })
    }
  },
)

it.skipIf(process.getuid?.() === 0)('leaves the old file where it may not write', () => {
  const dir = tempFolder()
  const file = { path: join(dir, 'cache'), maker: 'a' }
  writeCache(file, new Map([['agents/a', 'x']]))
  const before = readFileSync(file.path)
  chmodSync(dir, 0o500)
  writeCache(file, new Map([['agents/b', 'y']]))
  chmodSync(dir, 0o700)
  expect(readFileSync(file.path)).toEqual(before)
})
