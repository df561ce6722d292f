import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compareContents } from '../../../src/core/git/blob-compare.ts'
import { listCommit } from '../../../src/core/git/git-entries.ts'
import { findGitPlace, type GitPlace } from '../../../src/core/git/git-place.ts'
import { makeRepository, type Repository } from './support/repository.ts'

const base = makeRepository()
base.write({ 'packages/shared/agents/one/file.md': 'one\ntwo\n' })
symlinkSync('file.md', join(base.top, 'packages/shared/agents/one/link'))
base.commit()
afterAll(() => base.remove())

/** What a file on disk is to the commit, after the disk was changed. */
async function compared(name: string, change: (path: string, made: Repository) => void) {
  const made = base.copy()
  const path = join(made.top, 'packages/shared/agents/one', name)
  change(path, made)
  const place = (await findGitPlace(made.tree().root)) as GitPlace
  const entries = [...(await listCommit(place, 'HEAD'))]
  const entry = entries.find((one) => one.path === `agents/one/${name}`)!
  const [same] = await compareContents([{ full: path, entry }], place)
  made.remove()
  return same
}

const become = (path: string, make: () => void) => {
  rmSync(path)
  make()
}

test.each<[string, string, (path: string, made: Repository) => void, string]>([
  ['an untouched file', 'file.md', () => {}, 'same'],
  ['a file with another mode', 'file.md', (path) => chmodSync(path, 0o755), 'same'],
  [
    'a file with other bytes of the same length',
    'file.md',
    (path) => writeFileSync(path, 'one\nTWO\n'),
    'other',
  ],
  ['a file that is gone', 'file.md', (path) => rmSync(path), 'other'],
  ['a link in the place of a file', 'file.md', (path) => become(path, () => symlinkSync('x', path)), 'other'],
  ['a folder in the place of a file', 'file.md', (path) => become(path, () => mkdirSync(path)), 'other'],
  ['CRLF that git takes for the same', 'file.md', crlf(true), 'converted'],
  ['CRLF where git converts nothing', 'file.md', crlf(false), 'other'],
  [
    'a link that leads to the same file',
    'link',
    (path) => become(path, () => symlinkSync('file.md', path)),
    'same',
  ],
  ['a link that leads elsewhere', 'link', (path) => become(path, () => symlinkSync('x', path)), 'other'],
  [
    'a file in the place of a link',
    'link',
    (path) => become(path, () => writeFileSync(path, 'file.md')),
    'other',
  ],
])('%s is to the commit what git takes it for', async (_what, name, change, expected) => {
  expect(await compared(name, change)).toBe(expected)
})

function crlf(converts: boolean) {
  return (path: string, made: Repository) => {
    writeFileSync(path, 'one\r\ntwo\r\n')
    made.git('config', 'core.autocrlf', String(converts))
  }
}

test('objects are named by SHA-256 in a repository that has such names', async () => {
  const made = makeRepository('--object-format=sha256')
  const place = (await findGitPlace(made.tree().root)) as GitPlace
  const [entry] = [...(await listCommit(place, 'HEAD'))]
  expect(entry?.oid).toHaveLength(64)
  expect(
    await compareContents([{ full: join(made.tree().root, entry!.path), entry: entry! }], place),
  ).toEqual(['same'])
  made.remove()
})
