import { expect, test } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { onBothEngines } from './support/engines.ts'
import { AGENT, instantiate, lockOf, PLAN, request } from './support/instantiation-under-test.ts'
import { refusesAll } from './support/refuses-all.ts'
import { RegistryUnderTest, shaOf } from './support/registry-under-test.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

onBothEngines('a plan', (db) => {
  const ready = async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([AGENT, PLAN])
    return registry
  }

  test('is stored with its locks and returned whole', async () => {
    const registry = await ready()
    const wanted = request(registry)
    const answer = await instantiate(registry, wanted)
    expect(answer).toEqual({
      planId: expect.stringMatching(UUID),
      replayed: false,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      source: wanted.source,
      locks: wanted.locks,
      document: wanted.document,
    })
    const rows = await db().query(
      `select idempotency_key as key, request_hash as hash, actor, kind, id, version, digest, locks, document
       from public.template_instantiations where plan_id = $1`,
      [answer.planId],
    )
    const { source, ...rest } = wanted
    expect(rows).toEqual([{ ...rest, ...(source as object) }])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('is returned again for its key after all its definitions have changed', async () => {
    const registry = await ready()
    const wanted = request(registry)
    const first = await instantiate(registry, wanted)
    await registry.publish([{ ...AGENT, text: '2', expected: 1 }], {
      removals: [{ id: PLAN.id, expectedVersion: 1 }],
    })
    const moved = { ...wanted, document: {}, locks: [lockOf(registry, { ...AGENT, text: '2' }, 2)] }
    expect(await instantiate(registry, moved)).toEqual({ ...first, replayed: true })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('may use no definitions, or deprecated ones', async () => {
    const registry = new RegistryUnderTest(db())
    const old = { ...PLAN, state: 'deprecated' }
    await registry.publish([old])
    const answer = await instantiate(
      registry,
      request(registry, { source: lockOf(registry, old), locks: [] }),
    )
    expect(answer).toMatchObject({ replayed: false, locks: [] })
  })

  test('uses the live revision while a draft exists', async () => {
    const registry = await ready()
    await registry.publish([{ ...AGENT, text: '2', state: 'draft', expected: 1 }])
    expect(await instantiate(registry, request(registry))).toMatchObject({ replayed: false })
  })

  test('never changes, because history is append-only', async () => {
    const registry = await ready()
    await instantiate(registry, request(registry))
    for (const statement of [
      'update public.template_instantiations set actor = null',
      'delete from public.template_instantiations',
    ])
      await expect(db().query(statement)).rejects.toMatchObject({ code: 'PT403' })
  })

  test('cannot be larger than its table allows, whichever role writes it', async () => {
    const insert = db().query(
      `insert into public.template_instantiations
         (idempotency_key, request_hash, kind, id, version, digest, locks, document, actor, created_at)
       values ('k', 'h', 'x', 'y', 1, 'd', '[]', jsonb_build_object('text', repeat('x', 2097152)), 'ann', now())`,
    )
    await expect(insert).rejects.toMatchObject({ code: '23514' })
  })
})

const CONFLICT = { sqlstate: 'PT409', code: 'CONFLICT' }

refusesAll('a plan', [
  {
    sqlstate: 'PT422',
    code: 'IDEMPOTENCY_MISMATCH',
    name: 'of a used key with another hash, and names the plan that has it',
    given: async (registry) => {
      await registry.publish([AGENT, PLAN])
      const wanted = request(registry)
      await instantiate(registry, wanted)
      return () => instantiate(registry, { ...wanted, hash: 'b'.repeat(64) })
    },
    message: /^the key \S+ was used for another plan$/,
    detail: { planId: expect.stringMatching(UUID) },
  },
  {
    ...CONFLICT,
    name: 'of a definition that has moved',
    given: async (registry) => {
      await registry.publish([AGENT, PLAN])
      await registry.publish([{ ...PLAN, text: '2', expected: 1 }], { sha: 'winner' })
      return () => instantiate(registry, request(registry))
    },
    message: /\/plan is live as version 2, the plan was made with version 1$/,
    detail: { definitions: [{ id: 'plan', expectedVersion: 1, version: 2, commit: shaOf('winner') }] },
  },
  {
    ...CONFLICT,
    name: 'that uses what has moved, is disabled, is a draft or never was, naming all',
    given: async (registry) => {
      await registry.publish([AGENT, PLAN, { id: 'off' }, { id: 'draft', state: 'draft' }])
      await registry.publish([
        { id: 'off', state: 'disabled', expected: 1 },
        { ...AGENT, text: '2', expected: 1 },
      ])
      const locks = [
        lockOf(registry, AGENT),
        lockOf(registry, { id: 'off', state: 'disabled' }, 2),
        lockOf(registry, { id: 'draft', state: 'draft' }),
        lockOf(registry, { id: 'none' }),
      ]
      return () => instantiate(registry, request(registry, { locks }))
    },
    message: /\/draft is not live, the plan was made with version 1; and 3 more$/,
    detail: {
      definitions: [
        { id: 'draft', version: null },
        { id: 'none', version: null },
        { id: 'off', version: null },
        { id: 'worker', version: 2 },
      ],
    },
  },
  {
    ...CONFLICT,
    name: 'whose lock has the right version and another digest',
    given: async (registry) => {
      await registry.publish([AGENT, PLAN])
      const locks = [{ ...lockOf(registry, AGENT), digest: 'f'.repeat(64) }]
      return () => instantiate(registry, request(registry, { locks }))
    },
    message: /\/worker is live as version 1 with other content/,
    detail: { definitions: [{ id: 'worker', expectedDigest: 'f'.repeat(64) }] },
  },
  {
    sqlstate: 'PT413',
    code: 'REFUSED',
    name: 'of more than 2 MB',
    given: async (registry) => {
      await registry.publish([AGENT, PLAN])
      return () => instantiate(registry, request(registry, { document: { text: 'x'.repeat(2_097_152) } }))
    },
    message: /^the plan has 2097164 bytes, the limit is 2097152$/,
    detail: { bytes: 2_097_164, limit: 2_097_152 },
  },
  ...['key', 'hash', 'source', 'locks'].map((field) => ({
    sqlstate: 'PT422',
    code: 'REFUSED',
    name: `without its ${field}`,
    given: async (registry: RegistryUnderTest) => {
      await registry.publish([AGENT, PLAN])
      return () => instantiate(registry, request(registry, { [field]: undefined }))
    },
    message: new RegExp(`^the request has no .*${field}`),
  })),
])
