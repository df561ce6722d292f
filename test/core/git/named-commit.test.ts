import { expect, test } from 'vitest'
import { findReadablePlace } from '../../../src/core/git/git-place.ts'
import { findNamed, requireNamed, requireWhole } from '../../../src/core/git/named-commit.ts'
import { makeRepository } from './support/repository.ts'

const SHA = 'a'.repeat(40)

test.each([
  [{ commit: SHA }, '--commit and --rank go together'],
  [{ rank: 1 }, '--commit and --rank go together'],
  [{ commit: SHA, rank: -1 }, '--rank -1 is not the height of a commit'],
  [{ commit: SHA, rank: 1.5 }, '--rank 1.5 is not the height of a commit'],
  [{ commit: 'main', rank: 1 }, '"main" is not a commit SHA'],
  [{ commit: SHA.slice(0, 6), rank: 1 }, '"aaaaaa" is not a commit SHA'],
])('%j is refused: %s', (options, message) => {
  expect(() => requireNamed(options)).toThrow(message)
})

test('outside of git a commit is named by its whole SHA', () => {
  const [part, whole] = [SHA.slice(0, 7), SHA].map((commit) => requireNamed({ commit, rank: 3 }))
  expect(requireWhole(whole as never)).toEqual({ sha: SHA, rank: 3 })
  expect(() => requireWhole(part as never)).toThrow(`"${SHA.slice(0, 7)}" is not a whole commit SHA`)
})

test('a named commit must exist, with its height', async () => {
  const made = makeRepository()
  const place = await findReadablePlace(made.top)
  if (!place) throw new Error('no repository')
  const sha = made.git('rev-parse', 'HEAD')
  const rank = Number(made.git('rev-list', '--count', '--first-parent', 'HEAD'))
  await expect(findNamed(place, { sha: sha.slice(0, 8), rank })).resolves.toBe(sha)
  await expect(findNamed(place, { sha, rank: rank + 1 })).rejects.toMatchObject({
    code: 'NO_COMMIT',
    message: `commit ${sha.slice(0, 12)} has the rank ${rank}, not ${rank + 1}`,
  })
  await expect(findNamed(place, { sha: SHA, rank })).rejects.toMatchObject({
    code: 'NO_COMMIT',
    message: `this repository has no commit ${SHA}`,
  })
})
