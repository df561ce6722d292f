import { expect, test } from 'vitest'
import fc from '../harness/fast-check.ts'
import { repetitions } from '../harness/repetition.ts'
import { onBothEngines } from './support/engines.ts'
import { HoldModel, type Step } from './support/hold-model.ts'
import { digestFor, RegistryUnderTest } from './support/registry-under-test.ts'

const textOf = (text: string, expected: number) => ({ id: 'a', text, expected })
const held = (text: string) => digestFor({ id: 'a', text })

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        text: fc.nat(4),
        unhold: fc.boolean(),
        draft: fc.boolean(),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('rollback' as const), to: fc.nat(12) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('undo' as const, 'remove' as const, 'undelete' as const, 'promote' as const),
      }),
    },
  ),
  { minLength: 4, maxLength: 14 },
) satisfies fc.Arbitrary<Step[]>

onBothEngines('a hold', (db) => {
  async function badAndWorse() {
    const registry = new RegistryUnderTest(db())
    await registry.publish([textOf('good', 0)])
    await registry.publish([textOf('bad', 1)])
    const worse = await registry.publish([textOf('worse', 2)])
    return { registry, worse }
  }

  test('covers all content that was live between the target and the head, with version, reason and name', async () => {
    const { registry } = await badAndWorse()
    await registry.to('a', 1, { reason: 'v2 and v3 are bad' })
    const common = { reason: 'v2 and v3 are bad', by: 'bob', since: expect.stringMatching(/^\d{4}-.*Z$/) }
    expect(await registry.holds('a')).toEqual([
      { digest: held('bad'), version: 2, ...common },
      { digest: held('worse'), version: 3, ...common },
    ])
    for (const text of ['bad', 'worse'])
      expect((await registry.publish([textOf(text, 4)])).outcomes).toMatchObject([{ outcome: 'held' }])
  })

  test('survives a fix, and ends only for content that is published with unhold', async () => {
    const { registry } = await badAndWorse()
    await registry.to('a', 1)
    await registry.publish([textOf('fixed', 4)])
    expect((await registry.publish([textOf('bad', 5)])).outcomes).toMatchObject([{ outcome: 'held' }])
    await registry.publish([textOf('bad', 5)], { unhold: true })
    expect((await registry.head('a')).hold).toEqual([held('worse')])
  })

  test('keeps its first reason if a later rollback passes over the same content', async () => {
    const { registry } = await badAndWorse()
    await registry.to('a', 2, { reason: 'worse' })
    await registry.publish([textOf('fixed', 4)])
    await registry.to('a', 1, { reason: 'all of it' })
    expect((await registry.holds('a')).map(({ version, reason }) => [version, reason])).toEqual([
      [3, 'worse'],
      [4, 'all of it'],
      [5, 'all of it'],
    ])
  })

  test('hides its versions from the public, but not from publishers', async () => {
    const { registry } = await badAndWorse()
    await registry.to('a', 1)
    const versions = (role: 'anon' | 'service_role') =>
      db().as({ role }, async (query) => {
        const sql = 'select version from public.registry_revisions where kind = $1 order by 1'
        return (await query(sql, [registry.kind])).map((row) => row.version)
      })
    expect(await versions('anon')).toEqual([1, 4])
    expect(await versions('service_role')).toEqual([1, 2, 3, 4])
    await registry.publish([textOf('worse', 4)], { unhold: true })
    expect(await versions('anon')).toEqual([1, 3, 4, 5])
  })

  test('is updated by undoing a rollback: restored content is free, the rest stays held', async () => {
    const { registry } = await badAndWorse()
    const back = await registry.to('a', 1)
    await registry.rollback({ release: back.releaseId })
    expect((await registry.head('a')).hold).toEqual([held('bad'), held('good')])
  })

  test('covers the undone release and everything forced over it', async () => {
    const { registry, worse } = await badAndWorse()
    await registry.publish([textOf('worst', 3)])
    await registry.rollback({ release: worse.releaseId }, { force: true })
    expect((await registry.head('a')).hold).toEqual([held('worse'), held('worst')])
  })

  test('never covers live content when a draft with that content goes back to an older draft', async () => {
    const registry = new RegistryUnderTest(db())
    const draft = (text: string, expected: number) => ({
      id: 'a',
      text,
      expected,
      state: 'draft',
      status: 'active',
    })
    await registry.publish([textOf('live', 0)])
    await registry.publish([draft('one', 1)])
    const repeats = await registry.publish([draft('live', 2)])
    await registry.rollback({ release: repeats.releaseId })
    expect((await registry.head('a')).hold).toEqual([])
    const other = await registry.publish([draft('two', 4)])
    await registry.publish([textOf('between', 5)])
    await registry.publish([textOf('live', 6)])
    await registry.rollback({ release: other.releaseId }, { force: true })
    expect(await registry.head('a')).toMatchObject({ version: 7, draftVersion: 8, hold: [held('two')] })
  })

  test('after any history, a publish makes no content live that a rollback passed over, and blocks no other content', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const model = new HoldModel(new RegistryUnderTest(db()))
        for (const step of history) await model.take(step)
      }),
      { numRuns: db().engine === 'postgres' ? 40 : repetitions(5, 40) },
    )
  })
})
