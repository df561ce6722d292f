import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { below, groupEntries, listCommit, listIndex } from '../../../src/core/git/git-entries.ts'
import type { GitEntry } from '../../../src/core/git/git-entry.ts'
import { findGitPlace, type GitPlace } from '../../../src/core/git/git-place.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { makeRepository, ONE, type Repository } from './support/repository.ts'

const base = makeRepository()
afterAll(() => base.remove())
const placeIn = async (made: Repository) => (await findGitPlace(made.tree().root)) as GitPlace
const copyOf = (): Repository => base.copy()

describe('the list of a commit', () => {
  test('has every file below the folder with its mode and object, and its size only when it is asked for', async () => {
    const place = await placeIn(base)
    const entries = [...(await listCommit(place, 'HEAD'))]
    expect(entries.map(({ path }) => path)).toContain('agents/one/assets/größe ü.txt')
    expect(entries.find(({ path }) => path === 'agents/one/assets/run.sh')).toEqual({
      path: 'agents/one/assets/run.sh',
      mode: 'executable',
      oid: base.git('rev-parse', `HEAD:${ONE}/assets/run.sh`),
    })
    const sized = [...(await listCommit(place, 'HEAD', { sizes: true }))]
    expect(sized.find(({ path }) => path === 'agents/one/assets/run.sh')).toMatchObject({ size: 10 })
  })

  test('is empty where the commit has no such folder', async () => {
    const place = await placeIn(base)
    expect([...(await listCommit({ ...place, path: 'packages/other' }, 'HEAD'))]).toEqual([])
  })

  test('is refused where the commit has a file in the place of the folder', async () => {
    const place = await placeIn(base)
    await expect(listCommit({ ...place, path: '.gitignore' }, 'HEAD')).rejects.toMatchObject({
      code: 'NO_COMMIT',
      message: expect.stringMatching(/^commit HEAD has no folder \.gitignore that git can list: /),
      hint: 'commit the definitions in a folder, and fetch what this clone lacks',
    })
  })
})

describe('the list of the index', () => {
  test('has what is staged, and nothing that is only on disk', async () => {
    const made = copyOf()
    made.write({ [`${ONE}/staged.md`]: 'x' }).git('add', '-A')
    made.write({ [`${ONE}/untracked.md`]: 'x' })
    const paths = (await listIndex(await placeIn(made))).map(({ path }) => path)
    expect(paths).toContain('agents/one/staged.md')
    expect(paths).not.toContain('agents/one/untracked.md')
    made.remove()
  })

  test('is refused for a file with a merge conflict', async () => {
    const made = copyOf()
    made.git('checkout', '-qb', 'other')
    made.write({ [`${ONE}/prompts/more.md`]: 'theirs\n' }).commit()
    made.git('checkout', '-q', 'main')
    made.write({ [`${ONE}/prompts/more.md`]: 'ours\n' }).commit()
    expect(() => made.git('merge', 'other')).toThrow()
    await expect(listIndex(await placeIn(made))).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringMatching(/agents\/one\/prompts\/more\.md has a merge conflict$/),
      hint: expect.stringMatching(/^resolve it and stage it: git add \S*agents\/one\/prompts\/more\.md$/),
    })
    made.remove()
  })

  test('has symbolic links as such', async () => {
    const made = copyOf()
    symlinkSync('prompts', join(made.top, ONE, 'link'))
    made.git('add', '-A')
    const link = (await listIndex(await placeIn(made))).find(({ path }) => path === 'agents/one/link')
    expect(link).toMatchObject({ mode: 'symlink' })
    made.remove()
  })
})

describe('entries by definition', () => {
  const entry = (path: string, mode: GitEntry['mode'] = 'file'): GitEntry => ({ path, mode, oid: path })
  const grouped = (...entries: GitEntry[]) => {
    const { folders, odd } = groupEntries(entries, [agents], 'packages/shared')
    return {
      folders: [...folders].map(([name, files]) => [name, files.map(({ path }) => path)]),
      odd: [...odd],
    }
  }

  test('have paths relative to the folder of the definition', () => {
    expect(
      grouped(entry('agents/a/agent.json'), entry('agents/b/x'), entry('agents/a/prompts/p.md')),
    ).toEqual({
      folders: [
        ['agents/a', ['agent.json', 'prompts/p.md']],
        ['agents/b', ['x']],
      ],
      odd: [],
    })
  })

  test('leave out other kinds, files beside the definitions and hidden folders', () => {
    const none = { folders: [], odd: [] }
    expect(
      grouped(entry('evals/a/x'), entry('README.md'), entry('agents/README.md'), entry('agents/.x/y')),
    ).toEqual(none)
  })

  test('name a definition that is a link or a submodule', () => {
    expect(grouped(entry('agents/a', 'symlink'), entry('agents/b', 'submodule'))).toEqual({
      folders: [],
      odd: [
        ['agents/a', 'symlink'],
        ['agents/b', 'submodule'],
      ],
    })
  })

  test.each([
    ['submodule', 'a submodule'],
    ['symlink', 'a symbolic link'],
    ['file', 'a file'],
  ] as const)('refuse the folder of a kind that is a %s', (mode, shown) => {
    expect(() => grouped(entry('agents', mode))).toThrow(
      expect.objectContaining({
        code: 'NO_COMMIT',
        message: `packages/shared/agents is ${shown} in the commit, so the definitions in it are not in the commit`,
      }),
    )
  })
})

test('a path relative to the nearest folder on disk becomes one relative to the definitions', () => {
  expect(below('', 'agents/a')).toBe('agents/a')
  expect(below('packages/shared', 'packages/shared/agents/a')).toBe('agents/a')
})
