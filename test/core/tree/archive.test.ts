import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packArchive, packArchiveAside, unpackArchive } from '../../../src/core/tree/archive.ts'
import fc from '../../harness/fast-check.ts'

const dir = mkdtempSync(join(tmpdir(), 'nofx-archive-'))
afterAll(() => rmSync(dir, { recursive: true }))

const file = (path: string, content: string) => ({ path, bytes: Buffer.from(content) })
const plain = (files: { path: string; bytes: Uint8Array }[]) =>
  files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('latin1') }))

const LONG = `assets/${'folder/'.repeat(12)}${'n'.repeat(60)}.bin`
const FILES = [
  file('agent.json', '{}\n'),
  file('assets/empty.bin', ''),
  file(`prompts/${'é'.repeat(40)}.md`, 'text'),
  file(LONG, 'x'.repeat(1000)),
  file(`assets/${'z'.repeat(240)}.bin`, 'no ustar field holds this name'),
]

describe('an archive', () => {
  it('is unpacked by the system’s own tar, with every path and byte', () => {
    const path = join(dir, 'bundle.tar.gz')
    writeFileSync(path, packArchive(FILES))
    execFileSync('tar', ['-xzf', path, '-C', dir])
    for (const { path: name, bytes } of FILES)
      expect(readFileSync(join(dir, name))).toEqual(Buffer.from(bytes))
    const listed = execFileSync('tar', ['-tvzf', path], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
    expect(listed.split('\n')[0]).toMatch(/^-rw-r--r-- 0\/0 +3 1970-01-01 00:00 agent\.json$/)
  })

  it('has the same bytes every time, without clock, platform or thread', async () => {
    const first = packArchive(FILES)
    expect(packArchive(FILES)).toEqual(first)
    expect(await packArchiveAside(FILES)).toEqual(first)
    expect([...first.subarray(4, 8), first[9]]).toEqual([0, 0, 0, 0, 255])
  })

  it('unpacks to what was packed, whatever the names and bytes', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9 ._éß語-]{1,120}$/).filter((part) => !/^\.+$/.test(part))
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
    const files = fc.array(fc.record({ path, bytes: fc.uint8Array({ maxLength: 2000 }) }), { maxLength: 6 })
    fc.assert(
      fc.property(files, (some) => {
        expect(plain(unpackArchive(packArchive(some), 1_000_000))).toEqual(plain(some))
      }),
    )
  })

  it.each([
    ['cut in half', () => packArchive(FILES).subarray(0, 100)],
    ['not gzip at all', () => Buffer.from('hello')],
  ])('is refused if it is %s', (_name, bytes) => {
    expect(() => unpackArchive(bytes(), 1_000_000)).toThrow()
  })
})
