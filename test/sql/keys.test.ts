import { describe, expect, test } from 'vitest'
import type { ReleaseResult } from '../../src/contract/protocol/sync.ts'
import { onBothEngines } from './support/engines.ts'
import { fresh, RegistryUnderTest, refusalOf } from './support/registry-under-test.ts'

const CI = 'ci https://issuer acme/other#refs/heads/main'
const MISMATCH = { sqlstate: 'PT422', code: 'IDEMPOTENCY_MISMATCH', left: false }

/** Every action that has a key, prepared so that any principal can request it under any key. */
const EFFECTS: [
  name: string,
  make: (r: RegistryUnderTest) => Promise<(options: object) => Promise<unknown>>,
][] = [
  [
    'a removal',
    async (registry) => {
      await registry.publish([{ id: 'a' }])
      const request = await registry.stage([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      return (options) => registry.commit({ ...request, ...options })
    },
  ],
  [
    'a rollback',
    async (registry) => {
      await registry.publish([{ id: 'a' }])
      await registry.publish([{ id: 'a', text: '2', expected: 1 }])
      return (options) => registry.to('a', 1, { ...options })
    },
  ],
  [
    'the undoing of a release',
    async (registry) => {
      const { releaseId } = await registry.publish([{ id: 'a' }])
      return (options) => registry.rollback({ release: releaseId }, { ...options })
    },
  ],
  [
    'an undelete',
    async (registry) => {
      await registry.publish([{ id: 'a' }])
      await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      return (options) => registry.undelete('a', { ...options })
    },
  ],
  [
    'a promotion',
    async (registry) => {
      await registry.publish([{ id: 'a', state: 'draft' }])
      return (options) => registry.promote('a', { ...options })
    },
  ],
  [
    'a disabling',
    async (registry) => {
      await registry.publish([{ id: 'a' }])
      return (options) => registry.disable('a', { ...options })
    },
  ],
  [
    'an enabling',
    async (registry) => {
      await registry.publish([{ id: 'a' }])
      await registry.disable('a')
      return (options) => registry.enable('a', { ...options })
    },
  ],
]

onBothEngines('idempotency keys', (db) => {
  describe.each(EFFECTS)('%s', (_, make) => {
    test('is not blocked by a key that another principal used', async () => {
      const key = fresh('incident')
      const elsewhere = new RegistryUnderTest(db())
      await elsewhere.publish([{ id: 'z' }])
      await elsewhere.publish([{ id: 'z', text: '2', expected: 1 }])
      await elsewhere.to('z', 1, { key, principal: CI })
      const act = await make(new RegistryUnderTest(db()))
      expect(await act({ key })).toMatchObject({ replayed: false, releaseId: expect.any(String) })
    })

    test('is answered again only to its principal, and refused for another request', async () => {
      const key = fresh('key')
      const act = await make(new RegistryUnderTest(db()))
      const first = (await act({ key, principal: CI, actor: 'run 1' })) as ReleaseResult
      // A new token has the same principal, but comes from another run.
      const again = await act({ key, principal: CI, actor: 'run 2', kinds: ['any'] })
      expect(again).toEqual({ ...first, replayed: true })
      const other = await refusalOf(db(), () => act({ key, principal: CI, reason: 'another reason' }))
      expect(other).toMatchObject(MISMATCH)
      const owner = await refusalOf(db(), () => act({ key }))
      expect(owner.code).not.toBe('IDEMPOTENCY_MISMATCH')
      expect(owner.left).toBe(false)
    })
  })

  test('a retry may have seen another version than the first request', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    await registry.publish([{ id: 'a', text: '2', expected: 1 }])
    const key = fresh('key')
    const target = { kind: registry.kind, id: 'a', toVersion: 1 }
    const late = await refusalOf(db(), () => registry.rollback({ ...target, seenVersion: 1 }, { key }))
    expect(late).toMatchObject({ code: 'CONFLICT', left: false })
    const first = await registry.rollback({ ...target, seenVersion: 2 }, { key })
    expect(await registry.rollback({ ...target, seenVersion: 3 }, { key })).toEqual({
      ...first,
      replayed: true,
    })
    const named = await refusalOf(db(), () => registry.rollback({ ...target, expectedVersion: 2 }, { key }))
    expect(named).toMatchObject(MISMATCH)
  })

  test('two principals stage different definitions under one key, and each commits its own', async () => {
    const registry = new RegistryUnderTest(db())
    const key = fresh('key')
    const mine = await registry.stage([{ id: 'a' }], { key })
    const item = (await registry.stage([{ id: 'b' }])).content
    await db().query(
      `insert into public.registry_staged select (jsonb_populate_record(s, jsonb_build_object('principal', $2::text, 'key', $1::text))).*
       from public.registry_staged s where kind = $3 and id = 'b'`,
      [key, CI, registry.kind],
    )
    expect((await registry.commit(mine)).outcomes).toMatchObject([{ id: 'a', outcome: 'added' }])
    const theirs = await registry.commit({ ...mine, principal: CI, content: item })
    expect(theirs.outcomes).toMatchObject([{ id: 'b', outcome: 'added' }])
  })

  describe('a commit that changes nothing', () => {
    const stale = async (registry: RegistryUnderTest) => {
      await registry.publish([{ id: 'a' }], { rank: 5 })
      return registry.stage([{ id: 'a', text: '2', expected: 1 }], { rank: 3 })
    }

    test('is answered again after its parts are used up', async () => {
      const registry = new RegistryUnderTest(db())
      const request = await stale(registry)
      const first = await registry.commit(request)
      expect(first).toMatchObject({ releaseId: null, outcomes: [{ outcome: 'stale' }] })
      // Other publishes happen meanwhile.
      await new RegistryUnderTest(db()).publish([{ id: 'z' }])
      for (const _ of [1, 2])
        expect(await refusalOf(db(), () => registry.commit(request))).toMatchObject({
          sqlstate: 'none',
          left: false,
        })
      expect(await registry.commit(request)).toEqual({ ...first, replayed: true })
    })

    test('is refused for another request, and only to the same principal', async () => {
      const registry = new RegistryUnderTest(db())
      const request = await stale(registry)
      await registry.commit(request)
      const other = { ...request, unhold: true }
      expect(await refusalOf(db(), () => registry.commit(other))).toMatchObject(MISMATCH)
      const elsewhere = await refusalOf(db(), () => registry.commit({ ...other, principal: CI }))
      expect(elsewhere).toMatchObject({ code: 'CONFLICT', left: false })
    })

    test('is decided again if it is staged again, and then has its effect once', async () => {
      const registry = new RegistryUnderTest(db())
      const request = await stale(registry)
      await registry.commit(request)
      await registry.stage([{ id: 'a', text: '2', expected: 1 }], { key: request.key })
      expect(await registry.commit(request)).toMatchObject({ releaseId: null, replayed: true })
      await db().query(`update public.registry_heads set commit_rank = 1 where kind = $1`, [registry.kind])
      await registry.stage([{ id: 'a', text: '2', expected: 1 }], { key: request.key })
      const moved = await registry.commit(request)
      expect(moved).toMatchObject({ replayed: false, outcomes: [{ outcome: 'updated', version: 2 }] })
      expect(await registry.commit(request)).toEqual({ ...moved, replayed: true })
    })

    test('is forgotten after a day', async () => {
      const registry = new RegistryUnderTest(db())
      const request = await stale(registry)
      await registry.commit(request)
      await db().query(`update public.registry_answers set created_at = now() - interval '2 days'`)
      await registry.call('registry_sweep', '1 day')
      expect(await db().query('select 1 from public.registry_answers')).toEqual([])
      expect(await refusalOf(db(), () => registry.commit(request))).toMatchObject({ code: 'CONFLICT' })
    })
  })

  test('plans under one key are made separately for each principal', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    const head = await registry.head('a')
    const source = { kind: registry.kind, id: 'a', version: 1, digest: head.digest }
    const plan = { key: fresh('key'), hash: 'h', actor: 'ann', source, locks: [], document: {} }
    const make = (options: object) =>
      registry.call<{ planId: string }>('registry_instantiate', { ...plan, ...options })
    const [mine, theirs] = [await make({}), await make({ principal: CI, hash: 'other' })]
    expect(mine.planId).not.toBe(theirs.planId)
    expect(await make({})).toEqual({ ...mine, replayed: true })
    expect(await refusalOf(db(), () => make({ principal: CI }))).toMatchObject(MISMATCH)
  })
})
