import { describe, expect, test } from 'vitest'
import { rebasedFrom, releaseBefore, versionBefore } from '../../../src/core/registry/own-effect.ts'
import type { Release } from '../../../src/core/registry/registry.ts'
import type { RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { PUBLISHED, registryOf, releaseOf } from '../support/registry.ts'

const ONE = { kind: 'agents', id: 'a' }
const revision = (version: number, digest: string, more: Partial<RevisionRow> = {}) =>
  ({ ...ONE, version, digest, origin: 'publish', reason: null, ...more }) as RevisionRow

describe('the version that a request is asked of', () => {
  const history = [revision(1, 'x'), revision(2, 'y')]
  const wanted = { origin: 'rollback', reason: 'loops', toVersion: 1 } as const
  const newestBefore = (rows: RevisionRow[]) => versionBefore(registryOf({ revisions: rows }), ONE, wanted)
  const effect = revision(3, 'x', { origin: 'rollback', reason: 'loops' })

  test('is the same before the effect and after it, so a retry has the same key', async () => {
    expect(await newestBefore(history)).toBe(2)
    expect(await newestBefore([...history, effect])).toBe(2)
  })

  test('is another one as soon as anything else has happened', async () => {
    expect(await newestBefore([...history, effect, revision(4, 'z')])).toBe(4)
  })

  test.each([
    ['another origin', { origin: 'publish' as const }],
    ['another reason', { reason: 'leaks' }],
    ['no reason', { reason: null }],
    ['other content', { digest: 'z' }],
  ])('is the newest when the newest has %s', async (_what, change) => {
    expect(await newestBefore([...history, { ...effect, ...change }])).toBe(3)
  })

  test('does not compare content when the request names no version', async () => {
    const promoted = [...history, revision(3, 'z', { origin: 'promote' })]
    const registry = registryOf({ revisions: promoted })
    expect(await versionBefore(registry, ONE, { origin: 'promote', reason: undefined })).toBe(2)
    expect(await versionBefore(registry, ONE, { origin: 'promote', reason: '' })).toBe(2)
  })

  test('is undefined for a definition that the registry does not have', async () => {
    expect(await newestBefore([])).toBeUndefined()
  })
})

const first = releaseOf('11111111', { commit: { ...PUBLISHED, sha: 'c'.repeat(40) } })
const second = releaseOf('22222222')
const idBefore = (newestFirst: Release[], ref: string) =>
  releaseBefore(registryOf({ releases: newestFirst }), ref, 'loops')

describe('the release that an undo is asked of', () => {
  const undone = releaseOf('33333333', { origin: 'rollback', reason: 'loops', undoes: first.id })

  test.each([
    ['its id', first.id],
    ['the start of its id', '1111'],
    ['its commit', first.commit.sha],
    ['the start of its commit', 'cccccc'],
  ])(
    'is the same before the undo and after it, when the undone release is named by %s',
    async (_what, ref) => {
      expect(await idBefore([second, first], ref)).toBe(second.id)
      expect(await idBefore([undone, second, first], ref)).toBe(second.id)
    },
  )

  test.each([
    ['undoes another release', { undoes: second.id }],
    ['undoes nothing as a whole', { undoes: null }],
    ['has another reason', { reason: 'leaks' }],
    ['is a publish', { origin: 'publish' as const }],
  ])('is the newest when the newest %s', async (_what, change) => {
    expect(await idBefore([{ ...undone, ...change }, second, first], first.id)).toBe(undone.id)
  })

  test('is undefined in an empty registry', async () => expect(await idBefore([], 'x')).toBeUndefined())
})

describe('the release that a rebase is asked of', () => {
  const commit = { ...PUBLISHED, sha: 'd'.repeat(40) }
  const rebased = releaseOf('33333333', { origin: 'rebase', reason: 'moved', commit })
  const from = (releases: Release[], sha = commit.sha, reason = 'moved') =>
    rebasedFrom(registryOf({ releases }), sha, reason)

  test('is the same before the rebase and after it', async () => {
    expect(await from([second, first])).toBe(second.id)
    expect(await from([rebased, second, first])).toBe(second.id)
  })

  test('is the newest for another commit or another reason', async () => {
    expect(await from([rebased, second], 'e'.repeat(40))).toBe(rebased.id)
    expect(await from([rebased, second], commit.sha, 'rewritten')).toBe(rebased.id)
  })

  test('is undefined when the rebase is the only release', async () => {
    expect(await from([rebased])).toBeUndefined()
  })
})
