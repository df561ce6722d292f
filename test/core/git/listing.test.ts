import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type GitPlace, requireGitPlace } from '../../../src/core/git/git-place.ts'
import { type Listing, listByTrees, wholeListing } from '../../../src/core/git/listing.ts'
import { listDefinitions } from '../../../src/core/tree/commit-tree.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
afterAll(() => base.remove())

const AGENTS = 'packages/shared/agents'

async function listsOf(made: Repository) {
  const tree = { ...made.tree(), kinds: [...made.tree().kinds, templates] }
  const place: GitPlace = await requireGitPlace(tree.root)
  const byTrees = await listByTrees(tree, place, 'HEAD')
  return { byTrees, whole: wholeListing(await listDefinitions(tree, place, 'HEAD')) }
}

const show = (listing: Listing) =>
  [...listing.names].sort().map((name) => [name, listing.findOddity(name), listing.entries(name)])

describe('the definitions of a commit by their trees', () => {
  it.each<[string, (made: Repository) => void]>([
    ['three of them', (r) => r.write({ [`${AGENTS}/x/y`]: '' })],
    [
      'files and hidden folders beside them',
      (r) => r.write({ [`${AGENTS}/a.md`]: '', [`${AGENTS}/.x/y`]: '' }),
    ],
    ['one that is a link', (r) => symlinkSync('one', join(r.top, AGENTS, 'link'))],
    ['names like patterns', (r) => r.write({ [`${AGENTS}/we*ird/a`]: '', [`${AGENTS}/-r/[a]`]: 'x' })],
    ['names with spaces and line feeds', (r) => r.write({ [`${AGENTS}/a b\n\t/c\nd`]: '' })],
    [
      'many',
      (r) => r.write(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${AGENTS}/n${n}/x`, `${n}`]))),
    ],
    [
      'a name that is not UTF-8',
      (r) =>
        execFileSync('sh', ['-c', `mkdir "$(printf 'b\\377')" && echo x > "$(printf 'b\\377/f')"`], {
          cwd: join(r.top, AGENTS),
        }),
    ],
    ['folders in folders', (r) => r.write({ [`${ONE}/a/b/c`]: '', 'packages/shared/templates/t/x': '' })],
  ])('are those of the list of all files: %s', async (_what, edit) => {
    const made = base.copy()
    edit(made)
    made.commit()
    const { byTrees, whole } = await listsOf(made)
    expect(show(byTrees)).toEqual(show(whole))
    const loaded = (await listsOf(made)).byTrees
    await loaded.load([...loaded.names, 'agents/none'])
    expect(show(loaded)).toEqual(show(whole))
    made.remove()
  })

  it('have another identity exactly if their content is another', async () => {
    const made = base.copy()
    const before = (await listsOf(made)).byTrees
    made.write({ [`${ONE}/prompts/more.md`]: 'Other.\n' }).commit()
    const after = (await listsOf(made)).byTrees
    expect(after.identify('agents/one')).not.toBe(before.identify('agents/one'))
    expect(after.identify('agents/two')).toBe(before.identify('agents/two'))
    made.git('revert', '--no-edit', 'HEAD')
    const again = (await listsOf(made)).byTrees
    expect(again.identify('agents/one')).toBe(before.identify('agents/one'))
    made.remove()
  })

  it('are refused if the folder of a kind is a file in the commit', async () => {
    const made = base.copy().write({ 'packages/shared/templates': '' }).commit()
    await expect(listsOf(made)).rejects.toMatchObject({ code: 'NO_COMMIT' })
    made.remove()
  })
})
