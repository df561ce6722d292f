import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readGitState } from '../../../src/core/tree/git-state.ts'
import { makeRepository, type Repository } from '../git/support/repository.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const base = makeRepository()
afterAll(() => base.remove())

const read = async (made: Repository) => (await readGitState(made.tree()))?.signature

it.each<[string, (made: Repository) => void]>([
  ['another commit', (r) => r.git('commit', '-q', '--allow-empty', '-m', 'x')],
  ['another index', (r) => r.git('update-index', '--assume-unchanged', '.gitignore')],
  ['another setting', (r) => r.git('config', 'core.ignoreCase', 'true')],
  [
    'another rule beside the definitions',
    (r) => void r.write({ 'packages/shared/.gitattributes': 'x ident' }),
  ],
  ['another definition', (r) => void r.write(agentFiles('new'))],
  [
    'another file behind a link',
    (r) => {
      rmSync(join(r.top, '.git/info/exclude'))
      symlinkSync(join(r.top, '.gitignore'), join(r.top, '.git/info/exclude'))
    },
  ],
])('the state of git is another one with %s', async (_what, change) => {
  const made = base.copy()
  const before = await read(made)
  expect(before).toMatch(/^[0-9a-f]{64}$/)
  expect(await read(made)).toBe(before)
  change(made)
  const after = await read(made)
  expect(after).toMatch(/^[0-9a-f]{64}$/)
  expect(after).not.toBe(before)
  made.remove()
})

it('there is no state outside of git, without a commit, and of rules that only git finds', async () => {
  expect(await readGitState(treeOn(agentFiles('a')))).toBeUndefined()
  const made = base.copy()
  made.git('config', 'core.excludesFile', 'here')
  expect(await read(made)).toBeUndefined()
  made.git('config', '--unset', 'core.excludesFile')
  expect(await read(made)).toBeDefined()
  rmSync(join(made.top, '.git/index'))
  expect(await read(made)).toBeUndefined()
  made.git('update-ref', '-d', 'HEAD')
  made.git('add', '-A')
  writeFileSync(join(made.top, 'x'), 'x')
  expect(await read(made)).toBeUndefined()
  made.remove()
})
