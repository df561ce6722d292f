import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedFiles, exportCommit, exportStaged, resolveCommit, stagedFiles } from '../../src/core/git.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nofx-git-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const commit = (message: string) => {
  git('add', '-A')
  git('commit', '-qm', message)
}
const start = () => {
  git('init', '-q', '-b', 'main')
  write('defs/a.json', '1')
  commit('one')
}
const STRICT = { allowDirty: false }

describe('the commit of a publish', () => {
  it('is HEAD with its first-parent height', async () => {
    start()
    git('checkout', '-qb', 'side')
    for (const n of [2, 3, 4]) {
      write('defs/b.json', String(n))
      commit(`side ${n}`)
    }
    git('checkout', '-q', 'main')
    write('other.txt', 'x')
    commit('two')
    git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
    expect(await resolveCommit(root, 'defs', STRICT)).toEqual({
      sha: git('rev-parse', 'HEAD').trim(),
      rank: 3,
      dirty: false,
      ref: 'main',
    })
  })

  it('is refused when definitions have uncommitted changes, naming one', async () => {
    start()
    write('defs/a.json', '2')
    await expect(resolveCommit(root, 'defs', STRICT)).rejects.toMatchObject({
      code: 'NO_COMMIT',
      message: expect.stringContaining('defs/a.json'),
    })
    expect(await resolveCommit(root, 'defs', { allowDirty: true })).toMatchObject({ dirty: true, rank: 1 })
  })

  it('does not mind changes elsewhere', async () => {
    start()
    write('notes.txt', 'x')
    expect(await resolveCommit(root, 'defs', STRICT)).toMatchObject({ dirty: false })
  })

  it('is refused in a shallow clone, with the command that mends it', async () => {
    start()
    write('defs/a.json', '2')
    commit('two')
    const clone = join(root, 'clone')
    git('clone', '-q', '--depth', '1', `file://${root}`, clone)
    await expect(resolveCommit(clone, 'defs', STRICT)).rejects.toMatchObject({
      code: 'NO_COMMIT',
      hint: expect.stringContaining('git fetch --unshallow'),
    })
  })

  it.each([
    ['outside git', () => {}],
    ['in a repository without a commit', () => git('init', '-q')],
  ])('is refused %s, unless it is named or dirt is allowed', async (_name, prepare) => {
    prepare()
    await expect(resolveCommit(root, 'defs', STRICT)).rejects.toMatchObject({ code: 'NO_COMMIT' })
    expect(await resolveCommit(root, 'defs', { allowDirty: true })).toBeUndefined()
    const commit = 'a'.repeat(40)
    expect(await resolveCommit(root, 'defs', { ...STRICT, commit, rank: 7 })).toEqual({
      sha: commit,
      rank: 7,
      dirty: false,
    })
  })

  it('needs a rank with a commit', async () => {
    await expect(resolveCommit(root, 'defs', { ...STRICT, commit: 'abc' })).rejects.toMatchObject({
      code: 'USAGE',
    })
  })
})

describe('changed files', () => {
  it('are what is staged, and nothing that is only on disk', async () => {
    start()
    write('defs/b c.json', '1')
    git('add', '-A')
    write('defs/d.json', '1')
    git('rm', '-q', 'defs/a.json')
    expect(await stagedFiles(root)).toEqual(['defs/a.json', 'defs/b c.json'])
  })

  it('are read as they will be committed', async () => {
    start()
    write('defs/a.json', 'staged')
    git('add', '-A')
    write('defs/a.json', 'on disk')
    const target = join(root, 'out')
    expect(readFileSync(join(await exportStaged(root, 'defs', target), 'defs/a.json'), 'utf8')).toBe('staged')
  })

  it('are read as they will be committed when the project is a folder of the repository', async () => {
    git('init', '-q')
    write('sub/defs/a.json', 'staged')
    git('add', '-A')
    const project = join(root, 'sub')
    expect(
      readFileSync(join(await exportStaged(project, 'defs', join(root, 'out')), 'defs/a.json'), 'utf8'),
    ).toBe('staged')
  })

  it('since a ref include untracked ones', async () => {
    start()
    write('defs/a.json', '2')
    commit('two')
    write('defs/new.json', '1')
    expect((await changedFiles(root, 'HEAD~1')).sort()).toEqual(['defs/a.json', 'defs/new.json'])
  })

  it.each(['no-such-ref', '--output=/tmp/x'])('since %s is wrong usage, in git’s words', async (ref) => {
    start()
    await expect(changedFiles(root, ref)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('git says:'),
    })
  })
})

describe('an old commit', () => {
  it('is read without touching the working tree', async () => {
    start()
    const sha = git('rev-parse', 'HEAD').trim()
    write('defs/a.json', '2')
    commit('two')
    const target = mkdtempSync(join(root, 'old-'))
    const copy = await exportCommit(root, sha, 'defs', target)
    expect(readFileSync(join(copy!, 'defs/a.json'), 'utf8')).toBe('1')
    expect(readFileSync(join(root, 'defs/a.json'), 'utf8')).toBe('2')
  })

  it('that git does not know is told as such', async () => {
    start()
    expect(await exportCommit(root, 'f'.repeat(40), 'defs', mkdtempSync(join(root, 'old-')))).toBeUndefined()
  })
})
