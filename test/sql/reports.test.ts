import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { manifestsPath } from '../../src/contract/protocol/reports.ts'
import { onBothEngines } from './support/engines.ts'
import { fresh, RegistryUnderTest } from './support/registry-under-test.ts'

const finding = (more: object) => ({ severity: 'error', rule: 'NOFX_X', message: 'is wrong', ...more })

onBothEngines('reports', (db) => {
  const rows = (where: string, value: unknown) =>
    db().query(
      `select origin, verdict, actor, commit_sha, commit_ref, pull_request, counts, summary, manifests,
        jsonb_array_length(findings) as findings
      from public.registry_validation_reports where ${where} = $1`,
      [value],
    )
  const report = (more: object = {}) => {
    const id = randomUUID()
    return {
      id,
      key: `validate-${id}`,
      verdict: 'refused',
      actor: 'ann',
      commit: { sha: 'c1', ref: 'fix/typo' },
      pullRequest: 12,
      counts: { definitions: 5, errors: 2, warnings: 10_000 },
      summary: { added: 1, unchanged: 4 },
      findings: [finding({})],
      ...more,
    }
  }

  test('of a validation are stored with caller, definitions and commit, once however often they are sent, and are not events', async () => {
    const registry = new RegistryUnderTest(db())
    const [before] = await db().query('select seq from public.registry_counter')
    const sent = report({ manifests: 'reports/x.json' })
    for (const _ of ['once', 'again'])
      expect(await registry.call('registry_keep_report', sent)).toEqual({ reportId: sent.id })
    expect(await rows('id', sent.id)).toEqual([
      {
        origin: 'validate',
        verdict: 'refused',
        actor: 'ann',
        commit_sha: 'c1',
        commit_ref: 'fix/typo',
        pull_request: 12,
        counts: sent.counts,
        summary: sent.summary,
        manifests: 'reports/x.json',
        findings: 1,
      },
    ])
    expect(await db().query('select seq from public.registry_counter')).toEqual([before])
  })

  test('of an accepted publish contain the numbers of definitions and the branch', async () => {
    const registry = new RegistryUnderTest(db())
    const staged = await registry.stage([{ id: 'a' }, { id: 'b' }])
    const commit = { ...(staged.commit as object), ref: 'main' }
    const { releaseId } = await registry.call<{ releaseId: string }>('registry_commit', { ...staged, commit })
    expect(await rows('release_id', releaseId)).toMatchObject([
      { origin: 'publish', commit_ref: 'main', counts: { definitions: 2, errors: 0 }, summary: { added: 2 } },
    ])
  })

  test('of a publish that the publisher itself refused are events of each kind it was refused for', async () => {
    const registry = new RegistryUnderTest(db())
    const other = fresh('kind')
    const findings = [
      finding({ kind: registry.kind, id: 'a' }),
      finding({ kind: other, id: 'b' }),
      finding({ kind: other, id: 'warned', severity: 'warning' }),
    ]
    const singulars = { [registry.kind]: 'one', [other]: 'other' }
    const sent = report({ findings, singulars, key: fresh('refused') })
    const first = await registry.call<{ reportId: string }>('registry_report', sent)
    expect(first.reportId).toBe(sent.id)
    expect(await registry.call('registry_report', { ...sent, id: randomUUID() })).toEqual(first)
    const events = await db().query(
      'select type, id from public.registry_events where kind = any ($1) order by seq',
      [[registry.kind, other]],
    )
    expect(events).toEqual([
      { type: 'one.validation_failed', id: 'a' },
      { type: 'other.validation_failed', id: 'b' },
    ])
    expect(await rows('id', sent.id)).toMatchObject([{ origin: 'publish', counts: sent.counts }])
  })

  test('that are older than the policy allows are removed with their manifests, but not those being written', async () => {
    const registry = new RegistryUnderTest(db())
    const [old, young] = [report(), report()]
    const orphan = manifestsPath(randomUUID())
    const isNew = manifestsPath(randomUUID())
    for (const one of [old, young])
      await registry.call('registry_keep_report', { ...one, manifests: manifestsPath(one.id) })
    const objects = [manifestsPath(old.id), manifestsPath(young.id), orphan, isNew]
    for (const name of objects)
      await db().query("insert into storage.objects (bucket_id, name) values ('registry', $1)", [name])
    await db().query("update storage.objects set created_at = now() - interval '2 hours' where name <> $1", [
      isNew,
    ])
    const age = (days: number) =>
      db().query(
        'update public.registry_validation_reports set created_at = now() - make_interval(days => $2) where id = $1',
        [old.id, days],
      )
    const prune = async () => (await registry.call<string[]>('registry_prune_reports')).sort()
    await age(89)
    expect(await prune()).toEqual([orphan])
    await age(91)
    expect(await prune()).toEqual([orphan, manifestsPath(old.id)].sort())
    expect(await rows('id', old.id)).toEqual([])
    expect(await rows('id', young.id)).toHaveLength(1)
    await db().query("insert into public.registry_policies (kind, report_days) values ('*', 1)")
    await db().query('delete from storage.objects where name = any ($1)', [objects])
    await db().query(`update public.registry_validation_reports set created_at = now() - interval '2 days'`)
    await registry.publish([{ id: 'a' }])
    expect(await rows('id', young.id)).toEqual([])
  })
})
