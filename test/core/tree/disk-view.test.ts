import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readSource } from '../../../src/core/tree/collect.ts'
import { seenByGit } from '../../../src/core/tree/disk-view.ts'
import { findFolders } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const base = makeRepository()
afterAll(() => base.remove())

async function seen(change: (made: Repository) => void) {
  const made = base.copy()
  change(made)
  const tree = await seenByGit(made.tree())
  const folders = findFolders(tree)
  const files = Object.fromEntries(folders.map((folder) => [folder.id, readSource(folder).files]))
  made.remove()
  return { tree, ids: folders.map(({ id }) => id), files }
}
const pathsOf = (files: readonly { path: string }[] | undefined) => files?.map(({ path }) => path)

describe('the disk as git sees it', () => {
  test('has files that are not committed yet, and no file that git ignores', async () => {
    const { files } = await seen((r) =>
      r.write({
        [`${ONE}/a.log`]: 'x',
        [`${ONE}/new.md`]: 'x',
        '.git/info/exclude': 'cache/\n',
        [`${ONE}/assets/cache/x`]: 'x',
      }),
    )
    expect(pathsOf(files.one)).toContain('new.md')
    expect(pathsOf(files.one)?.filter((path) => /log|cache/.test(path))).toEqual([])
  })

  test('has no definition of which git ignores everything', async () => {
    const { ids } = await seen((r) =>
      r.write({
        '.git/info/exclude': 'three/\n**/four/*\n',
        ...agentFiles('three'),
        ...agentFiles('four'),
        ...agentFiles('five'),
      }),
    )
    expect(ids).toEqual(['five', 'one', 'two'])
  })

  test('takes the executable bit from the index where the file system keeps none', async () => {
    const executable = async (fileMode: 'true' | 'false') => {
      const { files } = await seen((r) => {
        r.git('config', 'core.fileMode', fileMode)
        chmodSync(join(r.top, ONE, 'assets/run.sh'), 0o644)
      })
      return files.one?.find(({ path }) => path === 'assets/run.sh')?.executable ?? false
    }
    expect(await executable('false')).toBe(true)
    expect(await executable('true')).toBe(false)
  })

  test('holds no definition as a commit does, and finds a folder that is not there', async () => {
    const { tree } = await seen(() => {})
    expect(tree.files?.holds({ kind: 'agents', id: 'one' })).toBe(false)
    expect(tree.files?.folder(agents, 'none')).toMatchObject({
      id: 'none',
      shownPath: 'packages/shared/agents/none',
    })
  })
})

test('outside git the disk is seen as it is', async () => {
  const tree = treeOn(agentFiles('a'))
  expect(await seenByGit(tree)).toBe(tree)
})
