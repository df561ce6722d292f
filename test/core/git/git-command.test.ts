import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { git, gitEnv, gitSync, splitNul } from '../../../src/core/git/git-command.ts'
import { gitSays } from '../../../src/core/git/git-failure.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

function withVariables(variables: Record<string, string>): void {
  const before = { ...process.env }
  Object.assign(process.env, variables)
  onTestFinished(() => {
    for (const name of Object.keys(variables))
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
  })
}

function repository(): string {
  const folder = realpathSync(tempFolder())
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder })
  return folder
}

describe('the environment of git', () => {
  test('takes paths literally, replaces no objects, writes no locks and asks for no password', () => {
    withVariables({
      GIT_GLOB_PATHSPECS: '1',
      GIT_NOGLOB_PATHSPECS: '1',
      GIT_ICASE_PATHSPECS: '1',
      LC_ALL: 'de_DE',
    })
    const env = gitEnv()
    expect(env).toMatchObject({
      GIT_LITERAL_PATHSPECS: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    })
    expect(Object.keys(env).filter((name) => name.endsWith('_PATHSPECS'))).toEqual(['GIT_LITERAL_PATHSPECS'])
  })

  test('has the relative paths of a hook as absolute ones, since git starts elsewhere', () => {
    withVariables({ GIT_DIR: '.git', GIT_WORK_TREE: '', GIT_COMMON_DIR: '../x/.git' })
    expect(gitEnv()).toMatchObject({
      GIT_DIR: resolve('.git'),
      GIT_WORK_TREE: resolve('.'),
      GIT_COMMON_DIR: resolve('../x/.git'),
    })
  })
})

test('git answers from the folder that it is asked in, also when a waiting caller asks with input', async () => {
  const folder = repository()
  expect((await git(folder, ['rev-parse', '--show-toplevel'])).trim()).toBe(folder)
  expect(gitSync(folder, ['hash-object', '--stdin'], 'x').toString()).toMatch(/^[0-9a-f]{40}\n$/)
})

test('settings by which a user lets git trust less or more do not count', async () => {
  const folder = repository()
  for (const [name, value] of [
    ['core.fsmonitor', 'true'],
    ['core.checkStat', 'minimal'],
    ['core.trustctime', 'false'],
  ] as const)
    execFileSync('git', ['config', name, value], { cwd: folder })
  const asked = ['core.fsmonitor', 'core.checkStat', 'core.trustctime'].map((name) =>
    git(folder, ['config', name]),
  )
  expect((await Promise.all(asked)).map((value) => value.trim())).toEqual(['false', 'default', 'true'])
})

describe('what git says about a failure', () => {
  test('is its first line, in English', async () => {
    const error = await git(repository(), ['rev-parse', '--verify', 'no-such-ref']).catch((thrown) => thrown)
    expect(gitSays(error)).toBe('fatal: Needed a single revision')
  })

  test('is the message of the system when git said nothing', async () => {
    const error = await git(join(tempFolder(), 'missing'), ['status']).catch((thrown) => thrown)
    expect(gitSays(error)).toMatch(/ENOENT/)
    expect(gitSays(Object.assign(new Error('killed'), { stderr: Buffer.from('  \n') }))).toBe('killed')
  })
})

test('an answer that is separated by NUL has line feeds, tabs and blanks in its parts, and no empty part', () => {
  expect(splitNul('a\nb\0c\td\0 \0')).toEqual(['a\nb', 'c\td', ' '])
  expect(splitNul('')).toEqual([])
})
