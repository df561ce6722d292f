import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  countHeight,
  findCommit,
  findGitPlace,
  type GitPlace,
  mayBeInGit,
  placeOnDisk,
  readHead,
} from '../../../src/core/git/git-place.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { makeRepository } from './support/repository.ts'

const base = makeRepository()
base.write({ more: '1' }).commit()
afterAll(() => base.remove())
const there = async (folder: string) => (await findGitPlace(folder)) as GitPlace

describe('the place of a folder in git', () => {
  test('is its path in the repository, and the folder itself', async () => {
    const root = base.tree().root
    expect(await findGitPlace(root)).toEqual({
      cwd: realpathSync(root),
      rest: '',
      path: 'packages/shared',
      shallow: false,
      hasFiles: true,
      index: join(realpathSync(base.top), '.git/index'),
    })
  })

  test('is known for a folder that is not on disk, as the nearest one above and the rest', async () => {
    expect(await findGitPlace(join(base.top, 'packages/not/here'))).toMatchObject({
      cwd: realpathSync(join(base.top, 'packages')),
      rest: 'not/here',
      path: 'packages/not/here',
    })
  })

  test('is empty for the repository itself', async () => {
    expect(await findGitPlace(base.top)).toMatchObject({ path: '', rest: '' })
  })

  test('follows a symbolic link, since the commit has the folder behind it', async () => {
    const link = join(tempFolder(), 'link')
    symlinkSync(base.tree().root, link)
    expect(await findGitPlace(link)).toMatchObject({
      path: 'packages/shared',
      cwd: realpathSync(base.tree().root),
    })
  })

  test('has line feeds that are in the name of a folder', async () => {
    const folder = join(base.top, 'a\nb')
    mkdirSync(folder)
    expect(await findGitPlace(folder)).toMatchObject({ path: 'a\nb' })
  })

  test('is undefined outside git', async () => expect(await findGitPlace(tempFolder())).toBeUndefined())
})

describe('whether git is asked at all', () => {
  const isAsked = (folder: string) => mayBeInGit(placeOnDisk(folder))

  test('git is asked below a repository, also for a folder that does not exist', () => {
    expect(['', 'packages/shared', 'packages/not/here'].map((path) => isAsked(join(base.top, path)))).toEqual(
      [true, true, true],
    )
  })

  test('git is asked in a linked working tree, whose .git is a file', () => {
    const linked = join(tempFolder(), 'linked')
    base.git('worktree', 'add', '-q', '--detach', linked)
    expect(isAsked(join(linked, 'packages/shared'))).toBe(true)
    base.git('worktree', 'remove', linked)
  })

  test('git is not asked elsewhere, unless the environment names a repository', async () => {
    const elsewhere = tempFolder()
    expect(isAsked(elsewhere)).toBe(false)
    vi.stubEnv('GIT_DIR', join(base.top, '.git'))
    vi.stubEnv('GIT_WORK_TREE', elsewhere)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect([isAsked(elsewhere), await findGitPlace(elsewhere)]).toMatchObject([true, { path: '' }])
  })
})

describe('HEAD', () => {
  test('is a commit and its branch, and without a branch the commit alone', async () => {
    const sha = base.git('rev-parse', 'HEAD')
    expect(await readHead(await there(base.top))).toEqual({ sha, branch: 'main' })
    const made = base.copy()
    made.git('checkout', '-q', '--detach')
    expect(await readHead(await there(made.top))).toEqual({ sha })
    made.remove()
  })

  test('is undefined in a repository without a commit', async () => {
    const empty = base.at('empty')
    mkdirSync(empty.top)
    empty.git('init', '-q')
    expect(await readHead(await there(empty.top))).toBeUndefined()
  })
})

describe('a commit', () => {
  test('has the height of its first parents: commits of a merged branch do not count', async () => {
    const made = base.copy()
    made.git('checkout', '-qb', 'side')
    made.write({ a: '1' }).commit().write({ a: '2' }).commit()
    made.git('checkout', '-q', 'main')
    made.git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
    const place = await there(made.top)
    expect(await countHeight(place, 'HEAD')).toBe(3)
    expect(await countHeight(place, 'side')).toBe(4)
    made.remove()
  })

  test('is found by the start of its name, and undefined when this clone does not have it', async () => {
    const place = await there(base.top)
    const sha = base.git('rev-parse', 'HEAD')
    expect(await findCommit(place, sha.slice(0, 10))).toBe(sha)
    expect(await findCommit(place, '0'.repeat(40))).toBeUndefined()
  })

  test('is not the name of a tree', async () => {
    expect(await findCommit(await there(base.top), base.git('rev-parse', 'HEAD^{tree}'))).toBeUndefined()
  })

  test('has no full height in a shallow clone, and the place says so', async () => {
    const place = await there(base.clone('shallow', '--depth', '1').top)
    expect(place.shallow).toBe(true)
    expect(await countHeight(place, 'HEAD')).toBe(1)
  })
})
