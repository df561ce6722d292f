import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Definitions } from '../../../src/core/git/git-entries.ts'
import type { GitPlace } from '../../../src/core/git/git-place.ts'
import { findGitPlace } from '../../../src/core/git/git-place.ts'
import { type BlobEntry, wholeListing } from '../../../src/core/git/listing.ts'
import { BlobTree } from '../../../src/core/tree/blob-tree.ts'
import { buildBundle } from '../../../src/core/tree/bundle.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { listDefinitions } from '../../../src/core/tree/commit-tree.ts'
import { findFolders } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'

const base = makeRepository()
base.write({ [`${ONE}/assets/large.bin`]: 'x'.repeat(5_000), [`${ONE}/assets/small.bin`]: 'x' }).commit()
afterAll(() => base.remove())

async function blobsOf(
  made: Repository,
  most?: number,
  edit: (definitions: Definitions<BlobEntry>) => void = () => {},
) {
  const tree = made.tree()
  const place = (await findGitPlace(tree.root)) as GitPlace
  const definitions: Definitions<BlobEntry> = await listDefinitions(tree, place, 'HEAD')
  edit(definitions)
  const committed = new Set(definitions.folders.keys())
  return new BlobTree({ tree, cwd: place.cwd, definitions: wholeListing(definitions), committed, most })
}

const bundleIn = (blobs: BlobTree, id: string) => {
  const folder = blobs.folder(agents, id)
  return buildBundle(folder.from!.read(), folder)
}

describe('the definitions of a commit', () => {
  test('are listed by name, and are those of the working tree that was committed', async () => {
    const blobs = await blobsOf(base)
    expect(blobs.list(agents).map(({ id, shownPath: shown }) => [id, shown])).toEqual([
      ['one', 'packages/shared/agents/one'],
      ['two', 'packages/shared/agents/two'],
    ])
    for (const folder of findFolders(base.tree())) {
      const source = readSource(folder)
      expect(bundleIn(blobs, folder.id)).toEqual(buildBundle(source, folder))
    }
  })

  test.each([
    ['prepared', { assets: false }],
    ['prepared with the bytes of assets', { assets: true }],
    ['not prepared', undefined],
  ])('read the same when they are %s', async (_how, how) => {
    const blobs = await blobsOf(base)
    const folder = blobs.folder(agents, 'one')
    if (how) await blobs.prepare([folder], how)
    const expected = readSource(findFolders(base.tree()).find(({ id }) => id === 'one')!)
    expect(bundleIn(blobs, 'one')).toEqual(buildBundle(expected, folder))
    expect(Buffer.from(folder.from!.asset('assets/large.bin')).toString()).toBe('x'.repeat(5_000))
  })

  test('are found whether they are there or not, and say which', async () => {
    const blobs = await blobsOf(base)
    expect(blobs.holds({ kind: 'agents', id: 'one' })).toBe(true)
    expect(blobs.holds({ kind: 'agents', id: 'none' })).toBe(false)
    const none = blobs.folder(agents, 'none').from!
    expect(none.present).toBe(false)
    expect(none.read()).toMatchObject({ files: [], findings: [{ rule: 'NOFX_FILE_UNREADABLE', file: '.' }] })
  })

  test('stay readable when memory has room for one of them only', async () => {
    const blobs = await blobsOf(base, 1)
    const folders = blobs.list(agents)
    await blobs.prepare(folders, { assets: true })
    const [one, two] = folders.map(({ id }) => bundleIn(blobs, id).digest)
    expect([one, two]).toEqual(Object.values(base.expected()))
  })

  test('name a link in a definition, a definition that is a link, and an object that is not UTF-8', async () => {
    const made = base.copy()
    execFileSync('ln', ['-s', 'agent.json', join(made.top, ONE, 'link.json')])
    execFileSync('ln', ['-s', 'one', join(made.top, 'packages/shared/agents/three')])
    writeFileSync(join(made.top, ONE, 'bad.md'), Buffer.from([0xff]))
    made.commit()
    const blobs = await blobsOf(made)
    const findings = (id: string) =>
      blobs
        .folder(agents, id)
        .from!.read()
        .findings.map(({ rule, file }) => `${rule} ${file}`)
    expect(findings('one').sort()).toEqual(['NOFX_FILE_ENCODING bad.md', 'NOFX_FILE_SYMLINK link.json'])
    expect(blobs.list(agents).map(({ id }) => id)).toEqual(['one', 'three', 'two'])
    expect(findings('three')).toEqual(['NOFX_FILE_SYMLINK .'])
    made.remove()
  })

  test('have the true size of a text that is far too long, and none of its bytes', async () => {
    const made = base.copy()
    const size = agents.limits.textBytes * 2 + 1
    made.write({ [`${ONE}/long.md`]: 'x'.repeat(size) }).commit()
    const source = (await blobsOf(made)).folder(agents, 'one').from!.read()
    expect(source.files.find(({ path }) => path === 'long.md')).toEqual({ path: 'long.md', size })
    made.remove()
  })
})

describe('a file that is taken from the working tree', () => {
  const takeFromDisk = (definitions: Definitions<BlobEntry>) => {
    const entries = definitions.folders.get('agents/one')!
    definitions.folders.set(
      'agents/one',
      entries.map((entry) =>
        /small\.bin|more\.md/.test(entry.path) ? { ...entry, oid: '', disk: true } : entry,
      ),
    )
  }

  test('has the content of the disk, and the executable bit that the caller found', async () => {
    const made = base.copy()
    writeFileSync(join(made.top, ONE, 'assets/small.bin'), 'on disk')
    writeFileSync(join(made.top, ONE, 'prompts/more.md'), 'On disk.\r\n')
    chmodSync(join(made.top, ONE, 'assets/small.bin'), 0o755)
    const blobs = await blobsOf(made, undefined, takeFromDisk)
    const folder = blobs.folder(agents, 'one')
    const files = folder.from!.read().files
    expect(files.find(({ path }) => path === 'prompts/more.md')?.text).toBe('On disk.\n')
    expect(files.find(({ path }) => path === 'assets/small.bin')).toEqual({
      path: 'assets/small.bin',
      size: 7,
    })
    expect(Buffer.from(folder.from!.asset('assets/small.bin')).toString()).toBe('on disk')
    made.remove()
  })

  test('that is gone is refused with its path when its bytes are wanted, and is a finding before', async () => {
    const made = base.copy()
    const at = join(made.tree().root, 'agents/one/assets/small.bin')
    rmSync(at)
    const folder = (await blobsOf(made, undefined, takeFromDisk)).folder(agents, 'one')
    expect(folder.from!.read().findings).toMatchObject([
      { rule: 'NOFX_FILE_UNREADABLE', file: 'assets/small.bin' },
    ])
    expect(() => folder.from!.asset('assets/small.bin')).toThrow(
      expect.objectContaining({
        code: 'INPUT_UNREADABLE',
        message: `${at} could be listed but not read`,
        at,
      }),
    )
    made.remove()
  })
})

test('an object that the clone lacks is refused, waiting or not', async () => {
  const made = base.copy()
  const oid = made.git('rev-parse', `HEAD:${ONE}/prompts/more.md`)
  rmSync(join(made.top, '.git/objects', oid.slice(0, 2), oid.slice(2)), { force: true })
  const blobs = await blobsOf(made)
  const folder = blobs.folder(agents, 'one')
  const failure = { code: 'NO_COMMIT', message: expect.stringContaining(oid) }
  await expect(blobs.prepare([folder])).rejects.toMatchObject(failure)
  expect(() => folder.from!.read()).toThrow(expect.objectContaining(failure))
  made.remove()
})
