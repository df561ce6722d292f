import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { GitLists } from '../../../src/core/git/git-entries.ts'
import { findGitPlace, type GitPlace } from '../../../src/core/git/git-place.ts'
import { listDefinitions } from '../../../src/core/tree/commit-tree.ts'
import {
  type Compared,
  compareWorkingTree,
  type DifferenceReason,
  hasFileMode,
  isDirt,
  isUnseen,
  REASONS,
} from '../../../src/core/tree/differences.ts'
import { isUnmodified } from '../../../src/core/tree/git-index.ts'
import { showsAll } from '../../../src/core/tree/same-as-commit.ts'
import { agentFiles } from '../../harness/project.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'

const base = makeRepository()
afterAll(() => base.remove())

const MORE = `${ONE}/prompts/more.md`
const RUN = `${ONE}/assets/run.sh`

/** The differences of a copy after a change, as `path reason mode`, and the place of the copy. */
async function differences(change: (made: Repository) => Repository | void, sizes = true): Promise<string[]> {
  const copy = base.copy()
  const made = change(copy) ?? copy
  const tree = made.tree()
  const place = (await findGitPlace(tree.root)) as GitPlace
  const sha = made.git('rev-parse', 'HEAD')
  const compare = (asksIndex: boolean, lists: GitLists = {}) => {
    const list: Compared['list'] = (names) => listDefinitions(tree, place, sha, { sizes, names })
    return compareWorkingTree({ tree, place, sha, list, lists, asksIndex })
  }
  const found = await compare(false)
  // What git's index proves may never hide a difference.
  for (const lists of [{}, { unmodified: isUnmodified(tree) }])
    expect(await compare(true, lists)).toEqual(found)
  expect((await showsAll(tree, place)) && found.some(isUnseen)).toBe(false)
  copy.remove()
  return found.map(({ path, reason, mode }) => `${path} ${reason}${mode ? ` ${mode}` : ''}`)
}

describe('the working tree differs from the commit by', () => {
  test.each<[string, (made: Repository) => Repository | void, string[]]>([
    ['nothing after a checkout', () => {}, []],
    ['a changed file', (r) => void r.write({ [MORE]: 'x' }), ['agents/one/prompts/more.md modified file']],
    ['a new file', (r) => void r.write({ [`${ONE}/new.md`]: 'x' }), ['agents/one/new.md untracked file']],
    ['an ignored file', (r) => void r.write({ [`${ONE}/a.log`]: 'x' }), ['agents/one/a.log ignored file']],
    ['a deleted file', (r) => rmSync(join(r.top, MORE)), ['agents/one/prompts/more.md deleted']],
    [
      'the executable bit of an asset',
      (r) => chmodSync(join(r.top, RUN), 0o644),
      ['agents/one/assets/run.sh mode file'],
    ],
    [
      'a link in the place of a file',
      (r) => {
        rmSync(join(r.top, MORE))
        symlinkSync('system.md', join(r.top, MORE))
      },
      ['agents/one/prompts/more.md modified symlink'],
    ],
    [
      'a repository inside of a definition',
      (r) => void mkdirSync(join(r.top, ONE, 'sub/.git'), { recursive: true }),
      ['agents/one/sub/.git untracked other'],
    ],
    [
      'a change that git was told to ignore',
      (r) => {
        r.git('update-index', '--assume-unchanged', MORE)
        appendFileSync(join(r.top, MORE), 'x')
      },
      ['agents/one/prompts/more.md hidden file'],
    ],
    [
      'a merge conflict',
      (r) => {
        r.git('checkout', '-q', '-b', 'other')
        r.write({ [MORE]: 'theirs' })
        r.git('commit', '-q', '-a', '-m', 'theirs')
        r.git('checkout', '-q', '-')
        r.write({ [MORE]: 'ours' })
        r.git('commit', '-q', '-a', '-m', 'ours')
        expect(() => r.git('merge', '-q', 'other')).toThrow()
      },
      ['agents/one/prompts/more.md unmerged file'],
    ],
    [
      'a file that a sparse checkout leaves out',
      (r) => {
        r.git('update-index', '--skip-worktree', MORE)
        rmSync(join(r.top, MORE))
      },
      ['agents/one/prompts/more.md absent'],
    ],
    [
      'all files where nothing was checked out',
      (r) => r.clone('b', '--no-checkout').at('b'),
      ALL.map((path) => `${path} absent`),
    ],
  ])('%s', async (_what, change, expected) => {
    expect(await differences(change)).toEqual(expected)
  })

  test('line ends that git converted, with sizes or without', async () => {
    const crlf = (made: Repository) => made.clone('b', '-c', 'core.autocrlf=true')
    const converted = (await differences(crlf)).filter((one) => one.endsWith(' converted'))
    expect(converted).toContain('agents/one/prompts/more.md converted')
  })
})

test('in a large tree, git lists only definitions that its index does not show to be the same', async () => {
  const made = base
    .copy()
    .write({ ...agentFiles('three') })
    .commit()
  made.git('status')
  const tree = made.tree()
  const place = (await findGitPlace(tree.root)) as GitPlace
  const sha = made.git('rev-parse', 'HEAD')
  const asked: unknown[] = []
  const compare = async () => {
    const list: Compared['list'] = (names) => {
      asked.push(names && [...names])
      return listDefinitions(tree, place, sha, { names })
    }
    return (await compareWorkingTree({ tree, place, sha, list, asksIndex: true })).map(({ path }) => path)
  }
  expect(await compare()).toEqual([])
  made.write({ [MORE]: 'x', 'packages/shared/agents/new/x.md': 'x', 'packages/shared/agents/beside.md': 'x' })
  expect(await compare()).toEqual(['agents/new/x.md', 'agents/one/prompts/more.md'])
  expect(asked).toEqual([['agents/one', 'agents/beside.md', 'agents/new']])
  made.remove()
})

describe('the quick answer of the index heeds a rule that converts files', () => {
  const shared = ['', 'packages/', 'packages/shared/', 'packages/shared/agents/']
  const RULE = '*.md text eol=crlf\n'
  const again = (made: Repository) => {
    rmSync(join(made.top, MORE))
    made.git('checkout', '-q', '--', MORE)
  }
  test.each([...shared, `${ONE}/`])('of the commit in "%s"', async (folder) => {
    const path = `${folder}.gitattributes`
    const rules = (made: Repository) => {
      made.write({ [path]: RULE }).commit()
      again(made)
    }
    expect(await differences(rules)).toEqual(['agents/one/prompts/more.md converted'])
  })

  test.each([...shared, '.git/info/'])('that git does not track in "%s"', async (folder) => {
    const rules = (made: Repository) => {
      made.write({ [folder === '.git/info/' ? '.git/info/attributes' : `${folder}.gitattributes`]: RULE })
      again(made)
    }
    expect(await differences(rules)).toEqual(['agents/one/prompts/more.md converted'])
  })

  test.each(['', 'packages/shared/', `${ONE}/`])(
    'of the commit in "%s", changed or deleted',
    async (folder) => {
      const path = `${folder}.gitattributes`
      const changed = (made: Repository) => {
        made.write({ [path]: '*.other text\n' }).commit()
        made.write({ [path]: RULE })
        again(made)
      }
      const gone = (made: Repository) => {
        made.write({ [path]: RULE }).commit()
        again(made)
        rmSync(join(made.top, path))
      }
      for (const rules of [changed, gone])
        expect(await differences(rules)).toContain('agents/one/prompts/more.md converted')
    },
  )
})

test.each<[string, (made: Repository) => void]>([
  ['nothing', () => {}],
  ['a changed file', (r) => void r.write({ [MORE]: 'x' })],
  ['a deleted file', (r) => rmSync(join(r.top, MORE))],
  ['a staged file', (r) => r.write({ [`${ONE}/new.md`]: 'x' }).git('add', '-A')],
])('git need not be asked what it does not show, where the difference is %s', async (_what, change) => {
  const made = base.copy()
  change(made)
  const tree = made.tree()
  expect(await showsAll(tree, (await findGitPlace(tree.root)) as GitPlace)).toBe(true)
  made.remove()
})

const ALL = [
  'agent.json',
  'assets/crlf.csv',
  'assets/data.csv',
  'assets/größe ü.txt',
  'assets/id.txt',
  'assets/run.sh',
  'prompts/more.md',
  'prompts/system.md',
]
  .map((path) => `agents/one/${path}`)
  .concat(['agents/two/agent.json', 'agents/two/prompts/system.md'])

describe('does not count as a difference:', () => {
  test.each<[string, (made: Repository) => void]>([
    ['the executable bit of a text, which no definition has', (r) => chmodSync(join(r.top, MORE), 0o755)],
    ['a file of the system that git ignores', (r) => void r.write({ [`${ONE}/.DS_Store`]: 'x' })],
    ['a file beside the definitions', (r) => void r.write({ 'packages/shared/agents/README.md': 'x' })],
    [
      'a hidden folder beside the definitions',
      (r) => void r.write({ 'packages/shared/agents/.cache/x': 'x' }),
    ],
    ['an empty folder', (r) => void mkdirSync(join(r.top, 'packages/shared/agents/empty'))],
    [
      'the executable bit, where the file system keeps none',
      (r) => {
        r.git('config', 'core.fileMode', 'false')
        chmodSync(join(r.top, RUN), 0o644)
      },
    ],
  ])('%s', async (_what, change) => expect(await differences(change)).toEqual([]))
})

test.each<[DifferenceReason, boolean, boolean]>([
  ['ignored', true, true],
  ['untracked', true, false],
  ['modified', true, false],
  ['hidden', true, true],
  ['unmerged', true, false],
  ['mode', true, false],
  ['deleted', true, false],
  ['converted', false, true],
  ['absent', false, true],
])('a file that is %s stops a publish: %s; git status is silent about it: %s', (reason, dirt, unseen) => {
  expect([isDirt({ path: 'a', reason }), isUnseen({ path: 'a', reason })]).toEqual([dirt, unseen])
  expect(REASONS[reason]).toMatch(/^(is|was|has|differs) /)
})

test('the executable bit counts unless git is set to ignore it', async () => {
  const made = base.copy()
  const place = (await findGitPlace(made.top)) as GitPlace
  expect(await hasFileMode(place)).toBe(true)
  made.git('config', 'core.fileMode', 'no')
  expect(await hasFileMode(place)).toBe(false)
  made.git('config', '--unset', 'core.fileMode')
  expect(await hasFileMode(place)).toBe(true)
  made.remove()
})
