import { expect, test } from 'vitest'
import fc from '../harness/fast-check.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { repetitions } from '../harness/repetition.ts'
import { onBothEngines } from './support/engines.ts'
import { everythingStored, RegistryUnderTest, requires } from './support/registry-under-test.ts'

const A = { id: 'a' }
const outcomes = ({ outcomes: rows }: { outcomes: { outcome: string; version: number | null }[] }) =>
  rows.map(({ outcome, version }) => `${outcome} ${version}`)

type Act =
  | 'publish'
  | 'same'
  | 'draft'
  | 'promote'
  | 'rollback'
  | 'remove'
  | 'undelete'
  | 'disable'
  | 'enable'
const ACTS: Act[] = [
  'publish',
  'same',
  'draft',
  'promote',
  'rollback',
  'remove',
  'undelete',
  'disable',
  'enable',
]

/** Performs an act; a refusal is an answer as well. */
async function act(registry: RegistryUnderTest, what: Act, serial: number): Promise<boolean> {
  const head = await registry.head('a')
  const expected = head.latestVersion
  const publish = (text: string, state = 'active') =>
    registry.publish([{ id: 'a', text, state, status: 'active', expected }], { rank: 1 })
  const acts: Record<Act, () => Promise<{ releaseId: string | null }>> = {
    publish: () => publish(String(serial)),
    same: () => publish(head.metadata.summary),
    draft: () => publish(String(serial), 'draft'),
    promote: () => registry.promote('a'),
    rollback: () => registry.to('a', 1),
    remove: () => registry.publish([], { removals: [{ id: 'a', expectedVersion: expected }] }),
    undelete: () => registry.undelete('a'),
    disable: () => registry.disable('a'),
    enable: () => registry.enable('a'),
  }
  try {
    return (await acts[what]()).releaseId !== null
  } catch (error) {
    if (/^PT4/.test(String((error as { code?: string }).code))) return false
    throw error
  }
}

onBothEngines('the operator’s switch', (db) => {
  test('disables a definition for readers, and enables it again with the same content', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A], { rank: 4 })
    expect(outcomes(await registry.disable('a'))).toEqual(['disabled 2'])
    expect(await registry.head('a')).toMatchObject({
      state: 'disabled',
      version: 2,
      commitRank: 4,
      disabled: { reason: 'harmful', by: 'bob' },
      metadata: { status: 'active' },
    })
    expect(outcomes(await registry.enable('a'))).toEqual(['enabled 3'])
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 3, disabled: null })
    expect(await registry.versions('a')).toEqual([
      '1 active publish 1',
      '2 disabled disable 1',
      '3 active enable 1',
    ])
    expect(await registry.events()).toEqual(['added public a 1', 'removed public a 2', 'added public a 3'])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('survives a publish of the same content and of new content, a promotion and a rollback', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    await registry.publish([{ ...A, text: '2', expected: 1 }], { rank: 2 })
    await registry.disable('a')
    expect(outcomes(await registry.publish([{ ...A, text: '2', expected: 3 }], { rank: 3 }))).toEqual([
      'unchanged 3',
    ])
    await registry.publish([{ ...A, text: '3', expected: 3 }], { rank: 3 })
    await registry.publish([{ ...A, text: '4', state: 'draft', expected: 4 }], { rank: 4 })
    await registry.promote('a')
    await registry.to('a', 1)
    expect(await registry.versions('a')).toEqual([
      '1 active publish 1',
      '2 active publish 2',
      '3 disabled disable 2',
      '4 disabled publish 3',
      '5 draft publish 4',
      '6 disabled promote 4',
      '7 disabled rollback 1',
    ])
    expect(await registry.head('a')).toMatchObject({ state: 'disabled', disabled: { by: 'bob' } })
    await registry.enable('a')
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 8, disabled: null })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('survives a removal, and what comes back is disabled', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    await registry.disable('a')
    await registry.publish([], { removals: [{ id: 'a', expectedVersion: 2 }] })
    expect(await registry.head('a')).toMatchObject({ state: 'removed', disabled: { by: 'bob' } })
    await registry.undelete('a')
    expect(await registry.head('a')).toMatchObject({ state: 'disabled', version: 4 })
    await registry.enable('a')
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 5 })
  })

  test('restores the state of the manifest, also by a rollback to a version that was disabled', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ ...A, state: 'deprecated' }])
    await registry.disable('a')
    await registry.publish([{ ...A, state: 'deprecated', text: '2', expected: 2 }], { rank: 2 })
    await registry.enable('a')
    expect(await registry.head('a')).toMatchObject({ state: 'deprecated', version: 4 })
    await registry.to('a', 2)
    expect(await registry.head('a')).toMatchObject({ state: 'deprecated', version: 5, disabled: null })
  })

  test('a second time changes nothing, and a repeated key has one effect', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    expect(await registry.enable('a')).toMatchObject({
      releaseId: null,
      outcomes: [{ outcome: 'unchanged' }],
    })
    const first = await registry.disable('a', { key: 'disable-it-once' })
    const stored = await everythingStored(db().query)
    expect(await registry.disable('a', { key: 'disable-it-once' })).toEqual({ ...first, replayed: true })
    expect(await everythingStored(db().query)).toBe(stored)
    expect(await registry.disable('a')).toMatchObject({
      releaseId: null,
      outcomes: [{ outcome: 'unchanged' }],
    })
    expect(await registry.versions('a')).toHaveLength(2)
  })

  test('a dry run has the verdict of the real run and stores nothing', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    for (const act of ['disable', 'enable'] as const) {
      const stored = await everythingStored(db().query)
      const dry = await registry[act]('a', { dryRun: true })
      expect(await everythingStored(db().query)).toBe(stored)
      expect((await registry[act]('a')).outcomes).toEqual(dry.outcomes)
    }
  })

  test('a definition is disabled although others require it, or its bundle is lost', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A, { id: 'b', refs: [requires('a', registry.kind)] }])
    await db().query(`delete from storage.objects where name like $1`, [`${registry.kind}/a/%`])
    expect(outcomes(await registry.disable('a'))).toEqual(['disabled 2'])
    await expect(registry.enable('a')).rejects.toMatchObject({ code: 'PT422' })
  })

  test('a definition is enabled only when everything that it requires is live, unless it is forced', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A, { id: 'b', refs: [requires('a', registry.kind)] }])
    await registry.disable('a')
    await registry.disable('b')
    await expect(registry.enable('b')).rejects.toMatchObject({ code: 'PT422' })
    expect(outcomes(await registry.enable('b', { force: true }))).toEqual(['enabled 3'])
  })

  test.each([
    ['without a reason', { reason: ' ' }, 'a', /^the reason is empty$/],
    ['of a draft', {}, 'draft', /draft has no version to disable or enable, it is a draft$/],
    ['of a removed definition', {}, 'gone', /gone has no version to disable or enable, it is removed$/],
    ['of an unknown definition', {}, 'nothing', /nothing does not exist$/],
    ['after another change', { expectedVersion: 7 }, 'a', /a is at version 1 \(commit \S+\), not 7$/],
  ])('is refused %s, and nothing is stored', async (_, options, id, message) => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A, { id: 'gone' }, { id: 'draft', state: 'draft' }])
    await registry.publish([], { removals: [{ id: 'gone', expectedVersion: 1 }] })
    const stored = await everythingStored(db().query)
    for (const act of ['disable', 'enable'] as const)
      await expect(registry[act](id, options)).rejects.toMatchObject({
        message: expect.stringMatching(message),
      })
    expect(await everythingStored(db().query)).toBe(stored)
  })

  test('a definition that its manifest disables is not enabled, and an undo of a switch is refused', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ ...A, state: 'disabled' }])
    await expect(registry.enable('a')).rejects.toMatchObject({ code: 'PT422' })
    const { releaseId } = await registry.disable('a')
    await expect(registry.rollback({ release: releaseId })).rejects.toMatchObject({
      message: expect.stringContaining('which a rollback does not undo'),
    })
    await registry.publish([{ ...A, text: '2', expected: 2 }], { rank: 2 })
    expect(outcomes(await registry.enable('a'))).toEqual(['enabled 4'])
  })
})

/** In databases of its own: other tests leave bundles out of storage. */
onBothEngines('the operator’s switch at random', (db) => {
  test('after any history, only enable makes a disabled definition live', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...ACTS), { minLength: 4, maxLength: 12 }),
        async (history) => {
          const registry = new RegistryUnderTest(db())
          await registry.publish([{ id: 'a', text: '0' }])
          let off = false
          for (const [at, what] of history.entries()) {
            const moved = await act(registry, what, at + 1)
            if (moved && (what === 'disable' || what === 'enable')) off = what === 'disable'
            const { state, disabled } = await registry.head('a')
            expect([what, disabled !== null]).toEqual([what, off])
            if (off) expect(['disabled', 'removed', 'draft']).toContain(state)
            else expect(state).not.toBe('disabled')
          }
        },
      ),
      { numRuns: db().engine === 'postgres' ? 40 : repetitions(5, 40) },
    )
    expect(await checkInvariants(db())).toEqual([])
  })
})
