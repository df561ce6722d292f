import { chmodSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import type { DefinitionFolder } from '../../../src/core/tree/collect.ts'
import { DigestCache, openDigestCache } from '../../../src/core/tree/digest-cache.ts'
import { sourceOfPublish } from '../../../src/core/tree/publish-source.ts'
import type { TreeFiles } from '../../../src/core/tree/tree.ts'
import { digestTree } from '../../../src/core/tree/tree-digests.ts'
import fc from '../../harness/fast-check.ts'
import { makeRepository, ONE, type Repository } from '../git/support/repository.ts'

const base = makeRepository()
afterAll(() => base.remove())

/** The digests of HEAD by a cache, and the definitions whose files were fetched for them. */
async function digestHead(made: Repository, build = 'test') {
  const { tree } = await sourceOfPublish(made.tree(), { allowDirty: true })
  const read: string[] = []
  const files: TreeFiles = Object.create(tree.files as TreeFiles, {
    prepare: {
      value: (folders: readonly DefinitionFolder[]) => {
        read.push(...folders.map(({ id }) => id))
        return tree.files?.prepare?.(folders)
      },
    },
  })
  const digests = new DigestCache(join(made.root, 'cache'), build)
  const found = await digestTree({ ...tree, files, digests }, () => true, SILENT)
  return { digests: Object.fromEntries(found), read }
}

it('reads only definitions whose objects it has not seen, of this build', async () => {
  const made = base.copy()
  expect((await digestHead(made)).read).toEqual(['one', 'two'])
  expect((await digestHead(made)).read).toEqual([])
  made.write({ [`${ONE}/prompts/more.md`]: 'Later.\n' }).commit()
  expect((await digestHead(made)).read).toEqual(['one'])
  made.git('checkout', '-q', 'HEAD~1')
  expect((await digestHead(made)).read).toEqual([])
  expect((await digestHead(made, 'b')).read).toEqual(['one', 'two'])
  made.remove()
})

it('reads a definition again that has a file which is not committed', async () => {
  const made = base.copy()
  await digestHead(made)
  made.write({ [`${ONE}/prompts/more.md`]: 'Not committed.\n' })
  for (const text of ['Not committed.\n', 'Not committed!\n']) {
    made.write({ [`${ONE}/prompts/more.md`]: text })
    const { read, digests } = await digestHead(made)
    expect(read).toEqual(['one'])
    made.git('add', '-A')
    expect((await made.published({ allowDirty: true })).digests).toEqual(digests)
  }
  made.remove()
})

const EDITS: Record<string, (made: Repository) => void> = {
  'a text changes': (made) => void made.write({ [`${ONE}/prompts/more.md`]: `${Math.random()}\n` }),
  'an asset becomes executable': (made) => chmodSync(join(made.top, ONE, 'assets/data.csv'), 0o755),
  'an asset is executable no more': (made) => chmodSync(join(made.top, ONE, 'assets/data.csv'), 0o644),
  'a file gets another name': (made) =>
    renameSync(join(made.top, ONE, 'prompts/system.md'), join(made.top, ONE, 'prompts/more.md')),
  'two definitions have the same files': (made) => {
    rmSync(join(made.top, 'packages/shared/agents/two'), { recursive: true, force: true })
    made.git('checkout', 'HEAD', '--', ONE)
    made.write({ 'packages/shared/agents/two/agent.json': '{}' })
  },
  'the commit before is back': (made) => void made.git('checkout', '-qf', 'HEAD~1'),
}

it('gives the digests that git’s objects have, after any commits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(EDITS)), { maxLength: 5 }), async (edits) => {
      const made = base.copy()
      made.write({ seed: 'x' }).commit()
      for (const edit of edits) {
        try {
          EDITS[edit]?.(made)
          made.commit()
        } catch {
          // Nothing to commit, or no file to rename: another edit follows.
        }
        expect((await digestHead(made)).digests, edit).toEqual(made.expected())
      }
      made.remove()
    }),
    { numRuns: 4 },
  )
}, 60_000)

it('is not opened by sources without a build', () => {
  expect(openDigestCache(base.top)).toBeUndefined()
  expect(openDigestCache(base.top, 'a build')).toBeInstanceOf(DigestCache)
})
