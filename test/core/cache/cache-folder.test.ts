import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { findCacheFolder } from '../../../src/core/cache/cache-folder.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

afterEach(() => void vi.unstubAllEnvs())

it.each<[string, (top: string) => void, string | undefined]>([
  ['in a repository', (top) => void mkdirSync(join(top, '.git')), '.git/nofx'],
  [
    'in a repository with .nofx',
    (top) => void ['.git', 'in/.nofx'].map((one) => make(top, one)),
    '.git/nofx',
  ],
  ['outside of git', () => {}, undefined],
  ['outside of git with .nofx', (top) => make(top, 'in/.nofx'), 'in/.nofx/cache'],
  [
    'where GIT_DIR names the repository',
    (top) => void vi.stubEnv('GIT_DIR', join(top, 'elsewhere')),
    'elsewhere/nofx',
  ],
])('is the folder of this working tree: %s', (_what, prepare, expected) => {
  vi.stubEnv('GIT_DIR', '')
  const top = tempFolder({ 'in/package.json': '{}' })
  prepare(top)
  expect(findCacheFolder(join(top, 'in'))).toBe(expected && join(top, expected))
})

it.each([
  ['a linked working tree', 'gitdir: ../main/.git/worktrees/in\n', 'main/.git/worktrees/in/nofx'],
  ['a submodule', 'gitdir: ../.git/modules/in', '.git/modules/in/nofx'],
  ['a file that is not of git', 'hello\n', undefined],
])('is the folder that a file .git names: %s', (_what, text, expected) => {
  vi.stubEnv('GIT_DIR', '')
  const top = tempFolder({ 'in/.git': text })
  expect(findCacheFolder(join(top, 'in'))).toBe(expected && join(top, expected))
})

function make(top: string, path: string): void {
  mkdirSync(join(top, path), { recursive: true })
}
