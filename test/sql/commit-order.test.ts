import { expect, test } from 'vitest'
import type { ReleaseResult } from '../../src/contract/protocol/sync.ts'
import fc from '../harness/fast-check.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { repetitions } from '../harness/repetition.ts'
import { onBothEngines } from './support/engines.ts'
import { fresh, RegistryUnderTest, refusalOf, shaOf } from './support/registry-under-test.ts'

const MOST = 10_000_000

/** Restarts the order of commits, as the owner does in a checkout of this height. */
function rebase(registry: RegistryUnderTest, rank: number, more: object = {}): Promise<ReleaseResult> {
  const commit = { sha: shaOf(`checkout ${rank}`), rank, dirty: false }
  return registry.call('registry_rebase', {
    action: 'rebase',
    key: fresh('key'),
    actor: 'owner',
    reason: 'history was squashed',
    commit,
    ...more,
  })
}

/** An action of any caller: a publish of one of two definitions with any commit, or a verb that changes heads. */
const anyAct = fc.oneof(
  fc.record({
    verb: fc.constant('publish' as const),
    id: fc.constantFrom('a', 'b'),
    rank: fc.constantFrom(0, 1, 5, 30, 999, 100_000, 2_000_000, MOST, MOST + 1, 2 ** 31 - 1, 2 ** 31, -1),
    draft: fc.boolean(),
  }),
  fc.record({ verb: fc.constant('rollback' as const), id: fc.constantFrom('a', 'b'), to: fc.nat(6) }),
  fc.record({ verb: fc.constant('remove' as const), id: fc.constantFrom('a', 'b'), rank: fc.nat(2000) }),
  fc.record({
    verb: fc.constantFrom('undelete' as const, 'disable' as const, 'enable' as const),
    id: fc.constantFrom('a', 'b'),
  }),
  fc.record({ verb: fc.constant('undo' as const) }),
)
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never

onBothEngines('the order of commits', (db) => {
  test('accepts the next honest publish, whatever was accepted before, and also after a rebase', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 1, maxLength: 7 }), async (acts) => {
        const registry = new RegistryUnderTest(db())
        let releases: string[] = []
        let height = 10
        const text = () => fresh('text')
        const expected = async (id: string) => (await registry.head(id))?.latestVersion ?? 0
        const act = async (one: Act): Promise<ReleaseResult> => {
          if (one.verb === 'undo')
            return registry.rollback({ release: releases.at(-1) ?? 'none' }, { force: true })
          const { id } = one
          if (one.verb === 'rollback') return registry.to(id, one.to)
          if (!('rank' in one)) return registry[one.verb](id)
          const expectedVersion = await expected(id)
          if (one.verb === 'remove')
            return registry.publish([], { removals: [{ id, expectedVersion }], rank: one.rank })
          const state = one.draft ? 'draft' : 'active'
          return registry.publish([{ id, text: text(), state, expected: expectedVersion }], {
            rank: one.rank,
          })
        }
        const honest = async (id: string) => {
          const wanted = { id, text: text(), expected: await expected(id) }
          const outcomes = await registry
            .publish([wanted], { rank: height })
            .then((result) => result.outcomes.map(({ outcome }) => outcome))
            .catch((error: Error) => [error.message])
          return outcomes.every((outcome) => outcome === 'added' || outcome === 'updated')
        }
        for (const one of acts) {
          const result = await act(one).catch(() => undefined)
          if (result?.releaseId) releases = [...releases, result.releaseId]
          height += 1
          for (const id of ['a', 'b']) {
            if (await honest(id)) continue
            await rebase(registry, height)
            expect(await honest(id)).toBe(true)
          }
        }
      }),
      { numRuns: db().engine === 'postgres' ? 12 : repetitions(3, 12) },
    )
    expect(await checkInvariants(db())).toEqual([])
  })

  test('loses a wrong rank with its content: a rollback takes the rank of the version that it restores', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 3 })
    await registry.publish([{ id: 'a', text: 'wrong', expected: 1 }], { rank: 999 })
    const next = { id: 'a', text: 'honest', expected: 3 }
    await registry.to('a', 1)
    expect((await registry.publish([next], { rank: 4 })).outcomes).toMatchObject([{ outcome: 'updated' }])
    // The content that was live had rank 999, and a rollback to it is deliberate.
    await registry.to('a', 2)
    expect(await registry.head('a')).toMatchObject({ commitRank: 999 })
  })

  test('is not taken from content older than a rebase', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 5000 })
    await registry.publish([{ id: 'a', text: '2', expected: 1 }], { rank: 5001 })
    await rebase(registry, 12, { target: { kind: registry.kind, id: 'a' } })
    await registry.to('a', 1)
    expect(await registry.head('a')).toMatchObject({ version: 4, commitRank: 12, commitSha: shaOf('c5000') })
  })

  test('is restarted for definitions above the checkout’s height, and the history shows who did it and why', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'above' }, { id: 'draft', state: 'draft' }, { id: 'gone' }], { rank: 900 })
    await registry.publish([], { removals: [{ id: 'gone', expectedVersion: 1 }], rank: 901 })
    await registry.publish([{ id: 'below' }], { rank: 7 })
    const before = await registry.head('above')
    const result = await rebase(registry, 8, { target: { kind: registry.kind, id: 'above' } })
    expect(result.outcomes).toEqual([
      {
        kind: registry.kind,
        id: 'above',
        outcome: 'rebased',
        version: 2,
        digest: before.digest,
        rank: { from: 900, to: 8 },
      },
    ])
    const rest = await rebase(registry, 8)
    expect(rest.outcomes.filter(({ kind }) => kind === registry.kind)).toMatchObject([
      { id: 'draft', rank: { from: 900, to: 8 } },
      { id: 'gone', rank: { from: 901, to: 8 } },
    ])
    expect(await registry.versions('above')).toEqual(['1 active publish 1', '2 active rebase 1'])
    expect(await registry.head('above')).toMatchObject({
      ...before,
      version: 2,
      latestVersion: 2,
      commitRank: 8,
      updatedAt: expect.any(String),
    })
    expect(await registry.head('draft')).toMatchObject({ state: 'draft', version: null, draftVersion: 2 })
    expect(await registry.head('gone')).toMatchObject({ state: 'removed', version: null })
    const [release] = await db().query(
      `select origin, actor, reason, commit_sha, commit_rank from public.registry_releases where id = $1`,
      [result.releaseId],
    )
    expect(release).toEqual({
      origin: 'rebase',
      actor: 'owner',
      reason: 'history was squashed',
      commit_sha: shaOf('checkout 8'),
      commit_rank: 8,
    })
    expect((await rebase(registry, 8)).releaseId).toBeNull()
    expect(await checkInvariants(db())).toEqual([])
  })

  test('is restarted without losing holds, and a dry run lists the definitions', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 50 })
    await registry.publish([{ id: 'a', text: 'bad', expected: 1 }], { rank: 51 })
    await registry.to('a', 1)
    const held = await registry.head('a')
    const dry = await rebase(registry, 2, { dryRun: true, target: { kind: registry.kind, id: 'a' } })
    expect(dry).toMatchObject({ dryRun: true, releaseId: null, outcomes: [{ rank: { from: 50, to: 2 } }] })
    expect(await registry.head('a')).toEqual(held)
    await rebase(registry, 2, { target: { kind: registry.kind, id: 'a' } })
    expect(await registry.head('a')).toMatchObject({ hold: held.hold, commitRank: 2 })
  })

  test('is restarted to let in a repository with a much longer history', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 40 })
    const [{ newest }] = (await db().query(
      'select max(commit_rank)::int as newest from public.registry_heads',
    )) as [{ newest: number }]
    const height = newest + 100_001
    const next = () => registry.publish([{ id: 'a', text: '2', expected: 1 }], { rank: height })
    expect(await refusalOf(db(), next)).toMatchObject({
      sqlstate: 'PT422',
      detail: { rule: 'NOFX_COMMIT_RANK' },
      hint: expect.stringContaining('nofx registry rebase-rank'),
      left: false,
    })
    await rebase(registry, height)
    const moved = registry.publish([{ id: 'a', text: '2', expected: 2 }], { rank: height })
    expect((await moved).outcomes).toMatchObject([{ outcome: 'updated' }])
    // Restores the rank that the other tests expect.
    await rebase(registry, 1)
  })

  const named = (commit: object) => async (registry: RegistryUnderTest) => {
    const request = await registry.stage([{ id: 'a' }])
    return registry.commit({ ...request, commit: { ...request.commit, ...commit } })
  }
  test.each<[what: string, commit: object, rule: string]>([
    ['a short SHA', { sha: 'abc1234' }, 'NOFX_COMMIT_SHA'],
    ['a word', { sha: 'zzz' }, 'NOFX_COMMIT_SHA'],
    ['capitals', { sha: 'A'.repeat(40) }, 'NOFX_COMMIT_SHA'],
    ['41 digits', { sha: 'a'.repeat(41) }, 'NOFX_COMMIT_SHA'],
    ['a SHA with a second line', { sha: `${'a'.repeat(40)}\n` }, 'NOFX_COMMIT_SHA'],
    ['no SHA', { sha: undefined }, 'NOFX_COMMIT_SHA'],
    ['no commit, and clean', { sha: 'uncommitted', dirty: false }, 'NOFX_COMMIT_SHA'],
    ['a rank below 0', { rank: -1 }, 'NOFX_COMMIT_RANK'],
    ['a fractional rank', { rank: 1.5 }, 'NOFX_COMMIT_RANK'],
    ['a rank that no history has', { rank: MOST + 1 }, 'NOFX_COMMIT_RANK'],
    ['a rank over 31 bits', { rank: 2 ** 31 }, 'NOFX_COMMIT_RANK'],
    ['a rank of many digits', { rank: 1e15 }, 'NOFX_COMMIT_RANK'],
    ['no rank', { rank: undefined }, 'NOFX_COMMIT_RANK'],
  ])('refuses %s', async (_what, commit, rule) => {
    const registry = new RegistryUnderTest(db())
    expect(await refusalOf(db(), () => named(commit)(registry))).toMatchObject({
      sqlstate: 'PT422',
      code: 'REFUSED',
      detail: { rule },
    })
    expect(await registry.versions('a')).toEqual([])
    expect(
      await refusalOf(db(), () =>
        rebase(registry, 1, { commit: { sha: 'a'.repeat(40), rank: 1, dirty: false, ...commit } }),
      ),
    ).toMatchObject({ detail: { rule }, left: false })
  })

  test('accepts a dirty publish from outside of git', async () => {
    const registry = new RegistryUnderTest(db())
    const result = await registry.publish([{ id: 'a' }], { sha: 'uncommitted', rank: 0 })
    expect(result.outcomes).toMatchObject([{ outcome: 'added' }])
  })

  test.each<[what: string, more: object, code: string]>([
    ['no reason', { reason: ' ' }, 'REFUSED'],
    ['a definition that does not exist', { target: { kind: 'agents', id: 'nothing' } }, 'NOT_FOUND'],
  ])('is not restarted for %s', async (_what, more, code) => {
    const registry = new RegistryUnderTest(db())
    expect(await refusalOf(db(), () => rebase(registry, 0, more))).toMatchObject({ code, left: false })
  })
})
