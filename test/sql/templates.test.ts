import { expect, test } from 'vitest'
import { onBothEngines } from './support/engines.ts'
import { fresh, RegistryUnderTest } from './support/registry-under-test.ts'

const advice = (text: string) => ({ rollbackAdvice: { summary: text, steps: [] } })

onBothEngines('a head of a template', (db) => {
  const headOf = async (id: string) => {
    const rows = await db().query(
      `select version, previous_version as previous, rollback_advice ->> 'summary' as advice
       from public.template_registry where template_id = $1`,
      [id],
    )
    return rows[0]
  }

  test('has the previous live version and the way back to it after every change', async () => {
    const registry = new RegistryUnderTest(db(), 'templates')
    const id = fresh('plan')
    const publish = (text: string, expected: number, state = 'active') =>
      registry.publish([{ id, text, state, expected, manifest: advice(text) }])
    await publish('one', 0)
    expect(await headOf(id)).toEqual({ version: 1, previous: null, advice: 'one' })
    await publish('two', 1)
    expect(await headOf(id)).toEqual({ version: 2, previous: 1, advice: 'two' })
    await publish('later', 2, 'draft')
    expect(await headOf(id)).toEqual({ version: 2, previous: 1, advice: 'two' })
    await publish('three', 3)
    expect(await headOf(id)).toEqual({ version: 4, previous: 2, advice: 'three' })
    await registry.to(id, 1)
    expect(await headOf(id)).toEqual({ version: 5, previous: 4, advice: 'one' })
    await registry.publish([], { removals: [{ id, expectedVersion: 5 }] })
    expect(await headOf(id)).toEqual({ version: null, previous: 5, advice: 'one' })
    await registry.undelete(id)
    expect(await headOf(id)).toEqual({ version: 7, previous: 5, advice: 'one' })
    await registry.publish([{ id, text: 'bare', expected: 7 }])
    expect(await headOf(id)).toEqual({ version: 8, previous: 7, advice: null })
  })

  test('has the advice of its draft before it was ever live, and no previous version', async () => {
    const registry = new RegistryUnderTest(db(), 'templates')
    const id = fresh('plan')
    await registry.publish([{ id, state: 'draft', manifest: advice('draft') }])
    expect(await headOf(id)).toEqual({ version: null, previous: null, advice: 'draft' })
    await registry.publish([{ id, text: 'live', expected: 1, manifest: advice('live') }])
    expect(await headOf(id)).toEqual({ version: 2, previous: null, advice: 'live' })
  })

  test('is once in the table of templates and in that of all kinds', async () => {
    const registry = new RegistryUnderTest(db(), 'templates')
    const id = fresh('plan')
    const result = await registry.publish([{ id }])
    expect(await db().query('select kind from public.registry_heads where id = $1', [id])).toHaveLength(1)
    expect(await db().query('select kind from only public.registry_heads where id = $1', [id])).toEqual([])
    const events = await db().query('select type from public.registry_events where release_id = $1', [
      result.releaseId,
    ])
    expect(events).toEqual([{ type: 'template.added' }])
    await registry.rollback({ release: result.releaseId })
    expect(await headOf(id)).toMatchObject({ version: null, previous: 1 })
  })

  test.each(['agents', 'templates'])('is not accepted by the common table for %s', async (kind) => {
    const insert = db().query(
      `insert into public.registry_heads (kind, id, state, latest_version, digest, metadata, refs, prompt_hash,
         latest_digest, commit_sha, commit_rank, updated_at)
       values ($1, 'x', 'active', 1, 'd', '{}', '[]', 'p', 'd', 'c', 1, now())`,
      [kind],
    )
    await expect(insert).rejects.toMatchObject({ message: expect.stringContaining('kinds_without_table') })
  })
})
