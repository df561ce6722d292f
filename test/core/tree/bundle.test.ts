import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/contract/digest.ts'
import { unpackArchive } from '../../../src/core/tree/archive.ts'
import { buildBundle, hashFiles, packBundle } from '../../../src/core/tree/bundle.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { locateFolder } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { agentFiles, fileOf, treeOn } from '../support/tree.ts'

const ASSET = 'assets/run.sh'

function made(prompt = 'You work.\n') {
  const tree = treeOn(agentFiles('a', {}, prompt), fileOf('a', ASSET, '#!/bin/sh\r\n'))
  const folder = locateFolder(tree, agents, 'a')
  return { folder, read: () => readSource(folder), at: (path: string) => join(folder.dir, path) }
}

describe('the content of a definition', () => {
  test('is each file with its size and hash: a text with LF line ends, an asset as it is', () => {
    const { folder, read } = made('You\r\nwork.\r\n')
    expect(hashFiles(read(), folder).slice(1)).toEqual([
      { path: ASSET, size: 11, sha256: sha256('#!/bin/sh\r\n') },
      { path: 'prompts/system.md', size: 10, sha256: sha256('You\nwork.\n') },
    ])
  })

  test('has the same digest wherever it is, and with any line ends of its texts', () => {
    const [one, other, crlf] = [made(), made(), made('You work.\r\n')]
    const digest = buildBundle(one.read(), one.folder).digest
    expect(buildBundle(other.read(), other.folder).digest).toBe(digest)
    expect(buildBundle(crlf.read(), crlf.folder).digest).toBe(digest)
  })

  test.each<[string, (of: ReturnType<typeof made>) => void]>([
    ['a text', ({ at }) => writeFileSync(at('prompts/system.md'), 'Other.\n')],
    ['an asset', ({ at }) => writeFileSync(at(ASSET), '#!/bin/sh\n')],
    ['the executable bit of an asset', ({ at }) => chmodSync(at(ASSET), 0o755)],
    ['one file less', ({ at }) => rmSync(at(ASSET))],
    ['one file more', ({ at }) => writeFileSync(at('more.md'), '')],
  ])('has another digest with another value of %s', (_what, change) => {
    const one = made()
    const before = buildBundle(one.read(), one.folder).digest
    change(one)
    expect(buildBundle(one.read(), one.folder).digest).not.toBe(before)
  })

  test('does not have the executable bit of a text', () => {
    const one = made()
    const before = buildBundle(one.read(), one.folder).digest
    chmodSync(one.at('prompts/system.md'), 0o755)
    expect(buildBundle(one.read(), one.folder).digest).toBe(before)
  })

  test('takes the hash of an asset that was hashed while it was read, and does not read it again', () => {
    const { folder, read } = made()
    const source = read()
    const files = source.files.map((file) =>
      file.path === ASSET ? { ...file, sha256: 'f'.repeat(64) } : file,
    )
    const entry = hashFiles({ ...source, files }, folder).find(({ path }) => path === ASSET)
    expect(entry).toEqual({ path: ASSET, size: 11, sha256: 'f'.repeat(64) })
  })
})

describe('the bundle of a definition', () => {
  test('unpacks into its files, and is kept under its digest with the size and hash of its archive', () => {
    const one = made()
    chmodSync(one.at(ASSET), 0o755)
    const { ref, archive } = packBundle(one.read(), 'd'.repeat(64), one.folder)
    const unpacked = unpackArchive(archive, 1_000_000)
    expect(unpacked.map(({ path, executable }) => [path, executable ?? false])).toEqual([
      ['agent.json', false],
      [ASSET, true],
      ['prompts/system.md', false],
    ])
    expect(Buffer.from(unpacked[1]!.bytes).toString()).toBe('#!/bin/sh\r\n')
    expect(ref).toEqual({
      path: `agents/a/${'d'.repeat(64)}.tar.gz`,
      size: archive.length,
      sha256: sha256(archive),
    })
  })

  test('is the same bytes each time', () => {
    const [one, other] = [made(), made()]
    const pack = ({ read, folder }: typeof one) => packBundle(read(), 'd', folder).ref.sha256
    expect(pack(one)).toBe(pack(other))
  })

  test('of a preview is kept apart from those of production', () => {
    const one = made()
    const { path } = packBundle(one.read(), 'd', one.folder, 'pr-7').ref
    expect(path).toMatch(/pr-7\/agents\/a\/d\.tar\.gz$/)
  })
})

test('an asset that is gone after it was listed is refused with its path', () => {
  const one = made()
  const source = one.read()
  rmSync(one.at(ASSET))
  for (const work of [() => hashFiles(source, one.folder), () => packBundle(source, 'd', one.folder)])
    expect(work).toThrow(
      expect.objectContaining({
        code: 'INPUT_UNREADABLE',
        message: `${one.at(ASSET)} could be listed but not read`,
        hint: 'check the file and run again',
        at: one.at(ASSET),
      }),
    )
})
