import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import { changedFiles, stagedFiles } from '../../../src/core/git/git.ts'
import { findTrouble, type GitTrouble } from '../../../src/core/git/git-failure.ts'
import { requireGitPlace } from '../../../src/core/git/git-place.ts'
import { treeOfIndex } from '../../../src/core/tree/commit-tree.ts'
import { selectByGit } from '../../../src/core/tree/git-selection.ts'
import { findUnseen, sourceOfPublish } from '../../../src/core/tree/publish-source.ts'
import { noDefinitions } from '../../../src/core/validate/nothing-to-check.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
let made: Repository
beforeEach(() => {
  made = base.copy()
})
afterEach(() => {
  vi.unstubAllEnvs()
  made.remove()
})
afterAll(() => base.remove())

/** Everything that asks git on behalf of a command. */
const ASKS: Record<string, () => Promise<unknown>> = {
  'validate --staged': async () => selectByGit(await treeOfIndex(made.tree()), made.tree().kinds),
  'validate --changed-since': () => changedFiles(made.top, 'HEAD'),
  'registry publish': () => sourceOfPublish(made.tree(), { allowDirty: false }),
}

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => {
      expect(error).toBeInstanceOf(Failure)
      return error as Failure
    },
  )

interface Row {
  trouble: GitTrouble
  break: () => void
  hint: RegExp
  /** Commands that are not concerned. */
  not?: string[]
}

const broken = (path: string, text: string) => {
  const full = join(made.top, '.git', path)
  rmSync(full, { recursive: true, force: true })
  writeFileSync(full, text)
}

/** Every way in which a person, or a container, can break git for NOFX. */
const ROWS: Record<string, Row> = {
  'git is not installed': {
    trouble: 'not-installed',
    break: () => void vi.stubEnv('PATH', ''),
    hint: /^install git/,
  },
  'the folder is not in a repository': {
    trouble: 'not-a-repository',
    break: () => rmSync(join(made.top, '.git'), { recursive: true }),
    hint: /git init/,
  },
  'the repository that .git names is gone': {
    trouble: 'lost-repository',
    break: () => {
      rmSync(join(made.top, '.git'), { recursive: true })
      writeFileSync(join(made.top, '.git'), `gitdir: ${join(made.root, 'gone')}\n`)
    },
    hint: /git worktree repair/,
  },
  'the repository that GIT_DIR names is gone': {
    trouble: 'lost-repository',
    break: () => void vi.stubEnv('GIT_DIR', join(made.root, 'gone')),
    hint: /^unset GIT_DIR$/,
  },
  'the repository is bare': {
    trouble: 'no-work-tree',
    break: () => {
      const bare = join(made.root, 'bare')
      made.git('clone', '-q', '--bare', made.top, bare)
      rmSync(made.top, { recursive: true })
      renameSync(bare, made.top)
    },
    hint: /^git worktree add \.\.\/checkout && cd \.\.\/checkout$/,
    // It needs the commit only.
    not: ['registry publish'],
  },
  'the repository belongs to another user': {
    trouble: 'unsafe-owner',
    break: () => void vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1'),
    hint: /^git config --global --add safe\.directory /,
  },
  'the repository has no commit': {
    trouble: 'no-commit',
    break: () => {
      rmSync(join(made.top, '.git'), { recursive: true })
      made.git('init', '-q')
      made.git('add', '-A')
    },
    hint: /git add -A && git commit/,
    // What is staged needs no commit.
    not: ['validate --staged'],
  },
  'a setting is not valid': {
    trouble: 'settings',
    break: () => broken('config', '[core\n'),
    hint: /^correct the setting that git names/,
  },
  'the index is a folder': {
    trouble: 'unreadable',
    break: () => {
      rmSync(join(made.top, '.git/index'))
      mkdirSync(join(made.top, '.git/index'))
    },
    hint: /permissions/,
    not: ['registry publish'],
  },
  'the index is damaged': {
    trouble: 'damaged',
    break: () => broken('index', 'DIRC and so on, but not an index'),
    hint: /git fsck/,
    not: ['registry publish'],
  },
}

/** What looks for definitions on the disk, and finds none there. */
test('a bare repository is named as such where definitions are looked for, and its hint makes files', async () => {
  ROWS['the repository is bare']?.break()
  const { code, message, hint } = noDefinitions(made.tree())
  expect({ code, message }).toEqual({
    code: 'GIT_FAILED',
    message: `${realpathSync(made.top)} is a bare git repository, which has no files`,
  })
  const listed = execFileSync('bash', ['-c', `${hint} && git ls-files`], {
    cwd: made.top,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  expect(listed).toContain(`${ONE}/agent.json`)
  expect(await failureOf(sourceOfPublish(made.tree(), { allowDirty: false }))).toBe(undefined)
})

test('a publish that needs no commit goes on where the repository is lost', async () => {
  ROWS['the repository that .git names is gone']?.break()
  expect(await failureOf(sourceOfPublish(made.tree(), { allowDirty: true }))).toBe(undefined)
})

test('an object that a clone lacks is not called a conversion of git', async () => {
  made.git('repack', '-adq')
  const pack = join(made.top, '.git/objects/pack')
  const [name = ''] = readdirSync(pack).filter((one) => one.endsWith('.pack'))
  renameSync(join(pack, name), join(made.root, name))
  rmSync(pack, { recursive: true })
  execFileSync('git', ['unpack-objects', '-q'], { cwd: made.top, input: readFileSync(join(made.root, name)) })
  const oid = made.git('rev-parse', `HEAD:${ONE}/agent.json`)
  rmSync(join(made.top, '.git/objects', oid.slice(0, 2), oid.slice(2)))
  expect(await findUnseen(made.tree())).toEqual([])
})

describe.each(Object.entries(ROWS))('%s', (_name, row) => {
  test.each(Object.keys(ASKS).filter((ask) => !row.not?.includes(ask)))('%s', async (ask) => {
    row.break()
    const failure = await failureOf(ASKS[ask]?.() ?? Promise.resolve())
    expect(failure?.hint).toMatch(row.hint)
    if (failure?.code !== 'NO_COMMIT') {
      expect(findTrouble(failure)).toBe(row.trouble)
      if (findTrouble(failure) !== 'no-work-tree' || / \(git/.test(failure?.message ?? ''))
        expect(failure?.message).toMatch(/ \(git: .+\)$/)
    }
    expect(failure?.message.split('\n')).toHaveLength(1)
  })

  test.each((row.not ?? []).slice())('%s is not concerned, or has a code of its own', async (ask) => {
    row.break()
    const failure = await failureOf(ASKS[ask]?.() ?? Promise.resolve())
    expect([undefined, 'GIT_FAILED', 'NO_COMMIT']).toContain(failure?.code)
  })
})

test('a folder that does not exist is named as such', async () => {
  const failure = await failureOf(stagedFiles(join(made.top, 'gone')))
  expect(findTrouble(failure)).toBe('no-folder')
})

test('a repository of another user is trusted after the command of the hint, from a folder below its top', async () => {
  vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1')
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(made.top, '.git/global'))
  const ask = () => requireGitPlace(join(made.top, ONE))
  const failure = await failureOf(ask())
  expect(failure?.hint).toBe(`git config --global --add safe.directory ${realpathSync(made.top)}`)
  execFileSync('bash', ['-c', failure?.hint ?? ''])
  expect(await failureOf(ask())).toBe(undefined)
})

test('a merge that is not finished is named with its file', async () => {
  const path = `${ONE}/prompts/more.md`
  made.git('checkout', '-qb', 'side')
  made
    .write({ [path]: 'side\n' })
    .commit()
    .git('checkout', '-q', 'main')
  made.write({ [path]: 'main\n' }).commit()
  expect(() => made.git('merge', 'side')).toThrow()
  const failure = await failureOf(treeOfIndex(made.tree()))
  expect(failure).toMatchObject({
    code: 'INPUT_UNREADABLE',
    message: expect.stringContaining('merge conflict'),
    hint: expect.stringMatching(/^resolve it and stage it: git add \S*agents\/one\/prompts\/more\.md$/),
  })
  // The conflict itself would be refused with --allow-dirty too.
  const published = await failureOf(sourceOfPublish(made.tree(), { allowDirty: false }))
  expect(published?.code).toBe('NO_COMMIT')
  expect(published?.hint).toMatch(/^resolve it, then stage and commit it: git add .*prompts\/more\.md$/)
})

test('settings about the order of a diff have no effect', async () => {
  made.git('config', 'diff.orderFile', join(made.top, 'missing'))
  made.write({ [`${ONE}/prompts/more.md`]: 'x\n' }).git('add', '-A')
  expect(await stagedFiles(made.top)).toEqual([`${ONE}/prompts/more.md`])
  expect(await changedFiles(made.top, 'HEAD')).toEqual([`${ONE}/prompts/more.md`])
})

describe('whatever is staged in a definition selects the definition:', () => {
  const staged = async () => {
    const tree = await treeOfIndex(made.tree())
    const { selection, removed } = await selectByGit(tree, tree.kinds)
    return { names: selection.names === 'all' ? 'all' : [...selection.names].sort(), removed }
  }
  const gitlink = (path: string) =>
    made.git('update-index', '--add', '--cacheinfo', `160000,${made.git('rev-parse', 'HEAD')},${path}`)
  const link = (path: string, to: string) => {
    writeFileSync(join(made.root, 'target'), to)
    const oid = made.git('hash-object', '-w', join(made.root, 'target'))
    made.git('update-index', '--add', '--cacheinfo', `120000,${oid},${path}`)
  }
  const rows: [string, () => void, string[]][] = [
    ['a changed file', () => void made.write({ [`${ONE}/a.md`]: 'x' }).git('add', '-A'), ['agents/one']],
    [
      'an executable bit',
      () => {
        chmodSync(join(made.top, ONE, 'assets/data.csv'), 0o755)
        made.git('add', '-A')
      },
      ['agents/one'],
    ],
    ['a submodule in it', () => gitlink(`${ONE}/vendor`), ['agents/one']],
    [
      'a submodule that the settings of git hide',
      () => {
        made.git('config', 'diff.ignoreSubmodules', 'all')
        gitlink(`${ONE}/vendor`)
      },
      ['agents/one'],
    ],
    ['a submodule in its place', () => gitlink('packages/shared/agents/three'), ['agents/three']],
    ['a link in its place', () => link('packages/shared/agents/three', '../x'), ['agents/three']],
    [
      'a link in its place, to a file that the disk has',
      () => {
        link('packages/shared/agents/three', 'one/agent.json')
        made.git('checkout', '--', '.')
      },
      ['agents/three'],
    ],
    [
      'a file that only git has',
      () => {
        made.write({ [`${ONE}/a.md`]: 'x' }).git('add', '-A')
        rmSync(join(made.top, 'packages'), { recursive: true })
      },
      ['agents/one'],
    ],
  ]
  test.each(rows)('%s', async (_name, prepare, names) => {
    prepare()
    expect(await staged()).toEqual({ names, removed: [] })
  })

  test('a definition that is removed is named', async () => {
    made.git('rm', '-rq', ONE)
    expect(await staged()).toEqual({ names: ['agents/one'], removed: ['agents/one'] })
  })

  test('files beside the definitions, and hidden folders, select nothing', async () => {
    made.write({ 'packages/shared/agents/README.md': 'x', 'packages/shared/agents/.x/agent.json': '{}' })
    made.git('add', '-A')
    expect(await staged()).toEqual({ names: [], removed: [] })
  })
})
