import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedFiles, stagedFiles } from '../../../src/core/git/git.ts'

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
describe('changed files', () => {
  it('are the staged files, without files that are only on disk', async () => {
    start()
    write('defs/b c.json', '1')
    git('add', '-A')
    write('defs/d.json', '1')
    git('rm', '-q', 'defs/a.json')
    expect(await stagedFiles(root)).toEqual(['defs/a.json', 'defs/b c.json'])
  })

  it('since a ref include untracked files', async () => {
    start()
    write('defs/a.json', '2')
    commit('two')
    write('defs/new.json', '1')
    expect((await changedFiles(root, 'HEAD~1')).sort()).toEqual(['defs/a.json', 'defs/new.json'])
  })

  it.each(['no-such-ref', '--output=/tmp/x'])(
    'since %s are refused as wrong usage, with git’s message',
    async (ref) => {
      start()
      await expect(changedFiles(root, ref)).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('git says:'),
      })
    },
  )
})
