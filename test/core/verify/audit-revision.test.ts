import { describe, expect, test } from 'vitest'
import type { RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { createRevisionAudit } from '../../../src/core/verify/audit-revision.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { revisionFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const rowOf = (version: number, prompt: string, rest: object = {}, more: Partial<RevisionRow> = {}) =>
  revisionFrom(treeOn(agentFiles('alpha', rest, prompt)), 'alpha', { version, ...more })

/** What the audit of a history finds, as `version field problem`. */
function audit(rows: readonly RevisionRow[]): string[] {
  const { take } = createRevisionAudit(agents)
  return rows.flatMap((row) =>
    [...take({ id: row.id, version: row.version, row, misfits: [] })].map(
      ({ field, problem }) => `${row.version} ${field} ${problem}`,
    ),
  )
}
const fieldsOf = (rows: readonly RevisionRow[]) => audit(rows).map((line) => line.split(' ')[1])

const DERIVED = 'is not what its texts say'

describe('a history as the registry writes it has no problem:', () => {
  test.each<[string, () => RevisionRow[]]>([
    ['versions of other content', () => [rowOf(1, 'One.\n'), rowOf(2, 'Two.\n', { version: '1.0.0' })]],
    [
      'a rollback to an earlier content',
      () => [rowOf(1, 'One.\n'), rowOf(2, 'Two.\n'), rowOf(3, 'One.\n', {}, { origin: 'rollback' })],
    ],
    ['a removal', () => [rowOf(1, 'One.\n'), rowOf(2, 'One.\n', {}, { origin: 'remove', state: 'removed' })]],
    [
      'a draft that was promoted',
      () => {
        const draft = rowOf(1, 'One.\n', { status: 'draft' })
        const metadata = { ...draft.metadata, status: 'active' }
        return [draft, { ...draft, version: 2, origin: 'promote', state: 'active', metadata }]
      },
    ],
    ['content that was published as a draft', () => [rowOf(1, 'One.\n', {}, { state: 'draft' })]],
    ['content that was withdrawn', () => [withdrawn(rowOf(1, 'One.\n')), rowOf(2, 'Two.\n')]],
  ])('%s', (_what, rows) => expect(audit(rows())).toEqual([]))
})

const BLANK = { name: 'alpha', summary: '', status: 'draft', tags: [], provides: [], facts: {} }
const withdrawn = (row: RevisionRow): RevisionRow => ({
  ...row,
  withdrawn: { at: '2026-01-02T00:00:00Z', by: 'ann', reason: 'leaked' },
  manifest: {},
  texts: {},
  files: [],
  refs: [],
  metadata: BLANK,
})

describe('a column that was edited is named:', () => {
  test.each<[string, (row: RevisionRow) => Partial<RevisionRow>, string]>([
    ['digest', () => ({ digest: 'f'.repeat(64) }), 'bundle_path is not the place of its digest'],
    ['manifest', ({ manifest }) => ({ manifest: { ...manifest, owner: '@x/y' } }), `manifest ${DERIVED}`],
    ['metadata', ({ metadata }) => ({ metadata: { ...metadata, name: 'Other' } }), `metadata ${DERIVED}`],
    [
      'status in the metadata',
      ({ metadata }) => ({ metadata: { ...metadata, status: 'deprecated' } }),
      `metadata ${DERIVED}`,
    ],
    ['refs', () => ({ refs: [{ kind: 'agents', id: 'beta' }] }), `refs ${DERIVED}`],
    ['prompt_hash', () => ({ promptHash: 'f'.repeat(64) }), `prompt_hash ${DERIVED}`],
    ['declared_version', () => ({ declaredVersion: '9.9.9' }), `declared_version ${DERIVED}`],
    [
      'a text',
      ({ texts }) => ({ texts: { ...texts, 'prompts/system.md': 'Owned.\n' } }),
      'texts prompts/system.md is not the text that was published',
    ],
    [
      'one text less',
      ({ texts: { 'agent.json': manifest } }) => ({ texts: { 'agent.json': manifest! } }),
      'texts prompts/system.md is missing',
    ],
    ['files', ({ files }) => ({ files: files.slice(1) }), 'files do not make its digest'],
    [
      'bundle_path',
      ({ bundle }) => ({ bundle: { ...bundle, path: 'agents/alpha/x.tar.gz' } }),
      'bundle_path is not the place of its digest',
    ],
    ['state', () => ({ state: 'deprecated' }), 'state is deprecated where its manifest says active'],
    ['state of a publish', () => ({ state: 'removed' }), 'state is removed by a publish'],
    ['origin', () => ({ origin: 'remove' }), 'origin does not fit: a removal leaves no active version'],
    [
      'a draft after a promotion',
      () => ({ origin: 'promote', state: 'draft' }),
      'state is draft after a promotion',
    ],
  ])('%s', (_what, edit, expected) => {
    const row = rowOf(1, 'One.\n')
    expect(audit([{ ...row, ...edit(row) }])[0]).toBe(`1 ${expected}`)
  })

  test('the digest, when files and bundle agree on another one', () => {
    const row = rowOf(1, 'One.\n')
    const digest = 'f'.repeat(64)
    // The place of the bundle still has the old digest; both are reported.
    expect(fieldsOf([{ ...row, digest }])).toEqual(['bundle_path', 'digest'])
  })

  test('the id, when the digest was made of another', () => {
    const row = rowOf(1, 'One.\n')
    const found = createRevisionAudit(agents).take({
      id: 'beta',
      version: 1,
      row: { ...row, id: 'beta' },
      misfits: [],
    })
    expect([...found].map(({ field, problem }) => `${field} ${problem}`)).toContain(
      'id was alpha when it was published',
    )
  })
})

describe('between the versions of a definition', () => {
  test('a version that is missing or out of order is named', () => {
    expect(audit([rowOf(1, 'One.\n'), rowOf(3, 'Two.\n')])).toEqual([
      '3 version is 3 where version 2 is next',
    ])
    expect(audit([rowOf(2, 'One.\n')])).toEqual(['2 version is 2 where version 1 is next'])
  })

  test.each([
    ['bundle_size', { size: 1 }],
    ['bundle_sha256', { sha256: 'f'.repeat(64) }],
    ['bundle_path', { path: '' }],
  ])('equal contents have one bundle: another %s is named', (field, change) => {
    const [first, again] = [rowOf(1, 'One.\n'), rowOf(2, 'One.\n', {}, { origin: 'rollback' })]
    const path = 'path' in change ? `previews/x/${again.bundle.path}` : again.bundle.path
    expect(audit([first, { ...again, bundle: { ...again.bundle, ...change, path } }])).toEqual([
      `2 ${field} is another one than the same content has in an earlier version`,
    ])
  })

  test('a row that cannot be read names its columns, and the next version is still the next', () => {
    const { take } = createRevisionAudit(agents)
    const problem = 'holds values that no registry writes'
    expect([...take({ id: 'alpha', version: 1, misfits: ['state', 'files'] })]).toEqual([
      { field: 'state', problem },
      { field: 'files', problem },
    ])
    expect([...take({ id: 'alpha', version: 2, row: rowOf(2, 'One.\n'), misfits: [] })]).toEqual([])
  })
})

describe('a withdrawn version', () => {
  test.each(['manifest', 'texts', 'files', 'refs', 'metadata'] as const)(
    'that still has its %s is named',
    (field) => {
      const row = rowOf(1, 'One.\n')
      const kept = field === 'refs' ? [{ kind: 'agents', id: 'beta' }] : row[field]
      expect(fieldsOf([{ ...withdrawn(row), [field]: kept }])).toEqual([field])
    },
  )

  test('that has all of its content was not withdrawn', () => {
    const row = rowOf(1, 'One.\n')
    expect(fieldsOf([{ ...row, withdrawn: withdrawn(row).withdrawn }])).toEqual(['withdrawn_at'])
  })
})
