import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const repository = makeRepository()
const expected = repository.expected()
const other: Repository = repository.copy()
other.write({ [`${ONE}/prompts/more.md`]: 'Of another repository.\n' }).commit()
afterEach(() => vi.unstubAllEnvs())
afterAll(() => {
  repository.remove()
  other.remove()
})

/** Expects the bytes of the commit, or a refusal. */
async function isHonest(): Promise<void> {
  const taken = await repository.published().catch((error: { code?: string }) => error)
  if ('digests' in taken) expect(taken.digests).toEqual(expected)
  else expect(taken.code).toBe('NO_COMMIT')
}

describe('git’s variables never change the content of a commit:', () => {
  const git = join(repository.top, '.git')
  mkdirSync(join(repository.root, 'empty'))
  const rows: [string, Record<string, string>][] = [
    ['GIT_DIR of this repository', { GIT_DIR: git, GIT_WORK_TREE: repository.top }],
    ['GIT_DIR of another repository', { GIT_DIR: join(other.top, '.git') }],
    ['GIT_WORK_TREE elsewhere', { GIT_DIR: git, GIT_WORK_TREE: join(repository.root, 'empty') }],
    ['GIT_INDEX_FILE that is not there', { GIT_INDEX_FILE: join(repository.root, 'none') }],
    ['GIT_INDEX_FILE of another repository', { GIT_INDEX_FILE: join(other.top, '.git/index') }],
    ['GIT_OBJECT_DIRECTORY elsewhere', { GIT_OBJECT_DIRECTORY: join(repository.root, 'empty') }],
    [
      'GIT_ALTERNATE_OBJECT_DIRECTORIES',
      { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(other.top, '.git/objects') },
    ],
    ['GIT_COMMON_DIR elsewhere', { GIT_COMMON_DIR: join(other.top, '.git') }],
    ['GIT_NAMESPACE', { GIT_NAMESPACE: 'other' }],
    ['GIT_CEILING_DIRECTORIES', { GIT_CEILING_DIRECTORIES: repository.top }],
    ['GIT_ICASE_PATHSPECS', { GIT_ICASE_PATHSPECS: '1' }],
    ['GIT_GLOB_PATHSPECS', { GIT_GLOB_PATHSPECS: '1' }],
    ['GIT_NOGLOB_PATHSPECS', { GIT_NOGLOB_PATHSPECS: '1' }],
    ['GIT_ATTR_SOURCE', { GIT_ATTR_SOURCE: 'HEAD' }],
    ['GIT_REPLACE_REF_BASE', { GIT_REPLACE_REF_BASE: 'refs/heads/' }],
    ['GIT_DEFAULT_HASH', { GIT_DEFAULT_HASH: 'sha256' }],
    ['GIT_EXTERNAL_DIFF', { GIT_EXTERNAL_DIFF: 'true' }],
    ['GIT_PREFIX', { GIT_PREFIX: 'packages/' }],
    ['GIT_TRACE', { GIT_TRACE: '1', GIT_TRACE2: '1' }],
    ['GIT_PAGER', { GIT_PAGER: 'false', GIT_PAGER_IN_USE: '1' }],
    [
      'GIT_CONFIG_COUNT',
      { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.bare', GIT_CONFIG_VALUE_0: 'true' },
    ],
    ['GIT_CONFIG_GLOBAL', { GIT_CONFIG_GLOBAL: '/dev/null' }],
    ['LANG', { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }],
  ]
  it.each(rows)('%s', async (_name, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    await isHonest()
  })

  it('as a hook sets them in a second worktree', async () => {
    repository.git('worktree', 'add', '-q', '-b', 'second', '../second')
    const second = repository.at('second')
    const from = process.cwd()
    vi.stubEnv('GIT_DIR', join(git, 'worktrees/second'))
    vi.stubEnv('GIT_INDEX_FILE', join(git, 'worktrees/second/index'))
    vi.spyOn(process, 'cwd').mockReturnValue(second.top)
    const { digests } = await second.published().finally(() => vi.restoreAllMocks())
    expect(process.cwd()).toBe(from)
    expect(digests).toEqual(expected)
  })
})
