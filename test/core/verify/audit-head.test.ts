import { describe, expect, test } from 'vitest'
import type { HeadRow, RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { createHeadAudit, summarizeHead } from '../../../src/core/verify/audit-head.ts'
import { headRowFrom, PUBLISHED, revisionFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const rowOf = (version: number, more: Partial<RevisionRow> = {}) =>
  revisionFrom(treeOn(agentFiles('alpha', {}, `Version ${version}.\n`)), 'alpha', {
    version,
    createdAt: `2026-01-0${version}T00:00:00.000Z`,
    commit: { ...PUBLISHED, rank: version },
    ...more,
  })

/** What the audit of a head finds, as `field problem`. */
function audit(revisions: readonly RevisionRow[], head: HeadRow | undefined): string[] {
  const { take, end } = createHeadAudit()
  for (const row of revisions) take({ id: 'alpha', version: row.version, row, misfits: [] })
  const found = head && { id: 'alpha', version: 0, row: summarizeHead(head), misfits: [] }
  return [...end(found)].map(({ field, problem }) => `${field} ${problem}`)
}
const EDITED = 'is not what its revisions say'

describe('a head as the registry writes it has no problem:', () => {
  test('of a live version', () => {
    const rows = [rowOf(1), rowOf(2)]
    expect(audit(rows, headRowFrom(rows[1]!))).toEqual([])
  })

  test('of a draft beside a live version: readers see the live one, the commit is the newest', () => {
    const [live, draft] = [rowOf(1), rowOf(2, { state: 'draft' })]
    const head = {
      ...headRowFrom(live),
      draftVersion: 2,
      latestVersion: 2,
      latestDigest: draft.digest,
      gitTree: draft.gitTree,
      commitSha: draft.commit.sha,
      commitRank: draft.commit.rank,
    }
    expect(audit([live, draft], head)).toEqual([])
  })

  test('of a draft alone', () => {
    const draft = rowOf(1, { state: 'draft' })
    expect(audit([draft], { ...headRowFrom(draft), version: null, draftVersion: 1 })).toEqual([])
  })

  test('of a definition that an operator disabled, also with content that was published meanwhile', () => {
    const off = { reason: 'why', by: 'ann', since: '2026-01-02T00:00:00.000Z' }
    const rows = [
      rowOf(1),
      rowOf(2, { state: 'disabled', origin: 'disable' }),
      rowOf(3, { state: 'disabled' }),
    ]
    expect(audit(rows, { ...headRowFrom(rows[2]!), disabled: off })).toEqual([])
    const enabled = [...rows, rowOf(4, { origin: 'enable' })]
    expect(audit(enabled, headRowFrom(enabled[3]!))).toEqual([])
    expect(audit(enabled, { ...headRowFrom(enabled[3]!), disabled: off })).toEqual([`disabled ${EDITED}`])
  })

  test.each([
    ['disabled', 'publish'],
    ['active', 'disable'],
  ] as const)('except the state %s after a %s', (state, origin) => {
    const rows = [rowOf(1), rowOf(2, { state, origin })]
    const disabled =
      origin === 'disable' ? { reason: 'why', by: 'ann', since: '2026-01-02T00:00:00.000Z' } : null
    expect(audit(rows, { ...headRowFrom(rows[1]!), disabled })).toEqual([
      `state is ${state}, which does not fit to when an operator disabled the definition`,
    ])
  })

  test('of a tombstone', () => {
    const rows = [rowOf(1), rowOf(2, { state: 'removed', origin: 'remove' })]
    expect(audit(rows, { ...headRowFrom(rows[1]!), version: null })).toEqual([])
  })

  test('with a hold on an earlier content, and on one that was withdrawn', () => {
    const withdrawn = { at: '2026-01-03T00:00:00Z', by: 'ann', reason: 'leaked' }
    const rows = [rowOf(1), rowOf(2, { withdrawn }), rowOf(3)]
    const hold = (row: RevisionRow) => ({
      digest: row.digest,
      version: row.version,
      reason: null,
      by: 'ann',
      since: '',
    })
    const head = headRowFrom(rows[2]!)
    const held = [hold(rows[0]!), { ...hold(rows[1]!), withdrawn: true as const }]
    expect(audit(rows, { ...head, hold: held })).toEqual([])
    expect(audit(rows, head)).toEqual(['hold does not name what was withdrawn'])
  })
})

describe('a column of a head that was edited is named:', () => {
  test.each<[string, Partial<HeadRow>]>([
    ['state', { state: 'deprecated' }],
    ['version', { version: 1 }],
    ['draft_version', { draftVersion: 2 }],
    ['latest_version', { latestVersion: 3 }],
    ['digest', { digest: 'f'.repeat(64) }],
    ['latest_digest', { latestDigest: 'f'.repeat(64) }],
    ['metadata', { metadata: {} }],
    ['refs', { refs: [1] }],
    ['prompt_hash', { promptHash: 'f'.repeat(64) }],
    ['commit_sha', { commitSha: 'f'.repeat(40) }],
    ['commit_rank', { commitRank: 9 }],
    ['updated_at', { updatedAt: '2026-02-01T00:00:00.000Z' }],
  ])('%s', (field, edit) => {
    const rows = [rowOf(1), rowOf(2)]
    expect(audit(rows, { ...headRowFrom(rows[1]!), ...edit })).toEqual([`${field} ${EDITED}`])
  })

  test('a hold on a version that has other content', () => {
    const rows = [rowOf(1), rowOf(2)]
    const hold = [{ digest: rows[0]!.digest, version: 2, reason: null, by: 'ann', since: '' }]
    expect(audit(rows, { ...headRowFrom(rows[1]!), hold })).toEqual([
      'hold names a version 2 that has another content',
    ])
  })

  test('a hold that says that content was withdrawn which is there', () => {
    const rows = [rowOf(1), rowOf(2)]
    const hold = [
      { digest: rows[0]!.digest, version: 1, reason: null, by: 'ann', since: '', withdrawn: true as const },
    ]
    expect(audit(rows, { ...headRowFrom(rows[1]!), hold })).toEqual(['hold does not name what was withdrawn'])
  })
})

describe('a head and its revisions belong together:', () => {
  test('revisions without a head', () => {
    expect(audit([rowOf(1)], undefined)).toEqual(['id has revisions and no head'])
  })

  test('a head without revisions', () => {
    expect(audit([], headRowFrom(rowOf(1)))).toEqual(['id has a head and no revisions'])
  })

  test('a newest revision that was made a draft, while its head says that it is live, is the one that is named', () => {
    const row = rowOf(1)
    expect(audit([{ ...row, state: 'draft' }], headRowFrom(row))).toEqual([
      'state is draft, and its head says that it is live',
    ])
  })

  test('a revision that cannot be read proves nothing about the head', () => {
    const { take, end } = createHeadAudit()
    take({ id: 'alpha', version: 1, misfits: ['state'] })
    const row = summarizeHead({ ...headRowFrom(rowOf(1)), digest: 'f'.repeat(64) })
    expect([...end({ id: 'alpha', version: 0, row, misfits: [] })]).toEqual([])
  })

  test('a head that cannot be read names its columns', () => {
    const { take, end } = createHeadAudit()
    take({ id: 'alpha', version: 1, row: rowOf(1), misfits: [] })
    expect([...end({ id: 'alpha', version: 0, misfits: ['hold'] })]).toEqual([
      { field: 'hold', problem: 'holds what no registry writes' },
    ])
  })
})
