import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Definitions } from '../../../src/core/git/git-entries.ts'
import type { GitEntry } from '../../../src/core/git/git-entry.ts'
import { readSource } from '../../../src/core/tree/collect.ts'
import { treeOfCommit, treeOfIndex, withDirt } from '../../../src/core/tree/commit-tree.ts'
import type { Difference } from '../../../src/core/tree/differences.ts'
import { findFolders, type WorkingTree } from '../../../src/core/tree/tree.ts'
import { makeRepository, ONE } from '../git/support/repository.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const base = makeRepository()
afterAll(() => base.remove())
const MORE = `${ONE}/prompts/more.md`
const idsOf = (tree: WorkingTree | undefined) => tree && findFolders(tree).map(({ id }) => id)
const textOf = (tree: WorkingTree, path: string) => {
  const folder = findFolders(tree).find(({ id }) => id === 'one')
  return readSource(folder!).files.find((file) => file.path === path)?.text
}

describe('the tree of a commit', () => {
  test('has the definitions of that commit, whatever the working tree does', async () => {
    const made = base.copy()
    const first = made.git('rev-parse', 'HEAD')
    made.write({ [MORE]: 'Later.\n', ...agentFiles('three') }).commit()
    rmSync(join(made.top, ONE), { recursive: true })
    const [then, now] = [
      await treeOfCommit(made.tree(), first),
      await treeOfCommit(made.tree(), made.git('rev-parse', 'HEAD')),
    ]
    expect(idsOf(then)).toEqual(['one', 'two'])
    expect(idsOf(now)).toEqual(['one', 'three', 'two'])
    expect(textOf(then!, 'prompts/more.md')).toBe('One.\nTwo.\n')
    expect(textOf(now!, 'prompts/more.md')).toBe('Later.\n')
    made.remove()
  })

  test.each(['0'.repeat(40), 'HEAD', 'main', 'uncommitted', '--all'])(
    'is undefined for %j: this clone has no commit of that name',
    async (sha) => expect(await treeOfCommit(base.tree(), sha)).toBeUndefined(),
  )

  test('is undefined outside git', async () => {
    const tree = treeOn(agentFiles('a'))
    expect(await treeOfCommit(tree, base.git('rev-parse', 'HEAD'))).toBeUndefined()
  })
})

describe('the tree of the index', () => {
  test('has what is staged, and nothing that is only on disk', async () => {
    const made = base.copy()
    made.write({ [MORE]: 'Staged.\n' }).git('add', '-A')
    writeFileSync(join(made.top, MORE), 'On disk.\n')
    made.write(agentFiles('three'))
    const tree = await treeOfIndex(made.tree())
    expect(idsOf(tree)).toEqual(['one', 'two'])
    expect(textOf(tree, 'prompts/more.md')).toBe('Staged.\n')
    made.remove()
  })

  test('is refused outside git', async () => {
    await expect(treeOfIndex(treeOn(agentFiles('a')))).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringMatching(/is not in a git repository \(git: fatal: not a git repository/),
      hint: 'git init && git add -A && git commit',
    })
  })
})

describe('a commit with the changes of the working tree', () => {
  const entry = (path: string, mode: GitEntry['mode'] = 'file'): GitEntry => ({ path, mode, oid: '1' })
  const committed: Definitions = {
    folders: new Map([
      ['agents/a', [entry('agent.json'), entry('x.md')]],
      ['agents/b', [entry('agent.json')]],
    ]),
    odd: new Map([['agents/link', 'symlink']]),
  }
  const shown = (dirt: Difference[]) => {
    const { folders, odd } = withDirt(committed, dirt)
    const files = [...folders].flatMap(([name, entries]) =>
      entries.map(
        ({ path, mode, disk }: GitEntry & { disk?: true }) =>
          `${name}/${path} ${mode}${disk ? ' on disk' : ''}`,
      ),
    )
    return [...files, ...[...odd].map(([name, what]) => `${name} ${what}`)].sort()
  }
  const BEFORE = [
    'agents/a/agent.json file',
    'agents/a/x.md file',
    'agents/b/agent.json file',
    'agents/link symlink',
  ]
  const without = (...gone: string[]) => BEFORE.filter((one) => !gone.includes(one))

  test.each<[string, Difference, string[]]>([
    [
      'a changed file',
      { path: 'agents/a/x.md', reason: 'modified', mode: 'file' },
      [...without('agents/a/x.md file'), 'agents/a/x.md file on disk'],
    ],
    [
      'a new file',
      { path: 'agents/a/y.md', reason: 'untracked', mode: 'file' },
      [...BEFORE, 'agents/a/y.md file on disk'],
    ],
    [
      'a new definition',
      { path: 'agents/c/agent.json', reason: 'untracked', mode: 'file' },
      [...BEFORE, 'agents/c/agent.json file on disk'],
    ],
    ['a deleted file', { path: 'agents/a/x.md', reason: 'deleted' }, without('agents/a/x.md file')],
    [
      'the last file of a definition',
      { path: 'agents/b/agent.json', reason: 'deleted' },
      without('agents/b/agent.json file'),
    ],
    [
      'a new executable bit',
      { path: 'agents/a/x.md', reason: 'mode', mode: 'executable' },
      [...without('agents/a/x.md file'), 'agents/a/x.md executable on disk'],
    ],
    [
      'a deleted link of a definition',
      { path: 'agents/link', reason: 'deleted' },
      without('agents/link symlink'),
    ],
    [
      'a link in the place of a definition',
      { path: 'agents/d', reason: 'untracked', mode: 'symlink' },
      [...BEFORE, 'agents/d symlink'],
    ],
    [
      'a repository inside of a definition',
      { path: 'agents/a/sub/.git', reason: 'untracked', mode: 'other' },
      [...BEFORE, 'agents/a/sub submodule'],
    ],
    [
      'a repository as a definition',
      { path: 'agents/a/.git', reason: 'untracked', mode: 'other' },
      [...BEFORE, 'agents/a/. submodule'],
    ],
    ['a file that git ignores', { path: 'agents/a/y.log', reason: 'ignored', mode: 'file' }, BEFORE],
  ])('has %s', (_what, difference, expected) => {
    expect(shown([difference])).toEqual([...expected].sort())
  })

  test('leaves the commit itself as it was', () => {
    shown([{ path: 'agents/a/x.md', reason: 'deleted' }])
    expect(shown([])).toEqual(BEFORE)
  })
})
