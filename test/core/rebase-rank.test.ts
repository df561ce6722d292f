import { expect, test } from 'vitest'
import { rebaseRank } from '../../src/core/rebase-rank.ts'
import { PUBLISHED, RELEASED, registryOf, releaseOf } from './support/registry.ts'

const request = {
  commit: { sha: 'd'.repeat(40), rank: 3, dirty: false },
  reason: 'history was rewritten',
  actor: 'ann',
}
const rebased = releaseOf('r2', { origin: 'rebase', reason: request.reason, commit: request.commit })

async function keyWith(releases: ReturnType<typeof releaseOf>[]): Promise<string> {
  const registry = registryOf({ releases })
  await rebaseRank(registry, request)
  return registry.requests[0]!.key
}

test('a rebase is one call through the kind that every registry has, with a key of its own', async () => {
  const registry = registryOf()
  expect(await rebaseRank(registry, request)).toEqual(RELEASED)
  expect(registry.calls).toEqual(['rebase agents'])
  expect(registry.requests).toEqual([
    { action: 'rebase', ...request, key: expect.stringMatching(/^rebase-[0-9a-f]{64}$/) },
  ])
})

test('asking again after a lost answer has the same key; asking after a publish has another', async () => {
  const before = await keyWith([releaseOf('r1')])
  expect(await keyWith([rebased, releaseOf('r1')])).toBe(before)
  expect(await keyWith([releaseOf('r3'), rebased, releaseOf('r1')])).not.toBe(before)
})

test('a key that the caller gives is used as it is, and nothing is read for it', async () => {
  const registry = registryOf({}, { releases: () => Promise.reject(new Error('was read')) })
  await rebaseRank(registry, { ...request, key: 'my-own-key' })
  expect(registry.requests[0]).toMatchObject({ key: 'my-own-key' })
})

test('a refusal is the failure that the server names', async () => {
  const error = { code: 'REMOTE_DENIED', message: 'only the owner may', hint: 'ask the owner' }
  const registry = registryOf({}, { sync: async () => ({ ok: false, error }) })
  await expect(rebaseRank(registry, { ...request, commit: PUBLISHED })).rejects.toMatchObject(error)
})
