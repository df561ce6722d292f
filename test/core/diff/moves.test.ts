import { describe, expect, test } from 'vitest'
import type { OutcomeRow } from '../../../src/contract/protocol/sync.ts'
import { describeMoves, movedIn } from '../../../src/core/diff/moves.ts'
import type { RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { RELEASED, registryOf, revisionFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const revision = (version: number, prompt: string, more: Partial<RevisionRow> = {}) =>
  revisionFrom(treeOn(agentFiles('alpha', {}, prompt)), 'alpha', { version, ...more })
const outcome = (more: Partial<OutcomeRow>): OutcomeRow => ({
  kind: 'agents',
  id: 'alpha',
  outcome: 'rolled-back',
  version: 3,
  digest: null,
  ...more,
})
const moves = (revisions: RevisionRow[], rows: OutcomeRow[], kinds = [agents]) =>
  describeMoves(registryOf({ revisions }), kinds, { ...RELEASED, outcomes: rows })

test('what is unchanged, stale or held does not move', () => {
  const all = [
    'added',
    'updated',
    'unchanged',
    'removed',
    'restored',
    'promoted',
    'rolled-back',
    'withdrawn',
    'rebased',
    'stale',
    'held',
  ] as const
  const moved = movedIn({ ...RELEASED, outcomes: all.map((one) => outcome({ outcome: one })) })
  expect(moved.map((row) => row.outcome)).toEqual(
    all.filter((one) => !['unchanged', 'stale', 'held'].includes(one)),
  )
})

describe('a move', () => {
  const [one, two] = [() => revision(1, 'One.\n'), () => revision(2, 'Two.\n')]

  test('goes from what is live to the version whose content becomes live, with the difference between them', async () => {
    const rows = [one(), two()]
    const [move] = await moves(rows, [outcome({ digest: rows[0]!.digest })])
    expect(move).toMatchObject({ from: 2, content: 1, risks: [] })
    expect(move?.diff?.files).toMatchObject([{ path: 'prompts/system.md', change: 'changed' }])
    expect(move?.diff?.files[0]?.patch).toContain('-Two.\n+One.')
  })

  test('does not start from a draft, nor from a tombstone', async () => {
    const draft = revision(3, 'Draft.\n', { state: 'draft' })
    expect(
      await moves([one(), two(), draft], [outcome({ outcome: 'promoted', digest: draft.digest })]),
    ).toMatchObject([{ from: 2, content: 3 }])
    const gone = { ...two(), version: 3, state: 'removed' as const }
    const [restored] = await moves(
      [one(), two(), gone],
      [outcome({ outcome: 'restored', digest: gone.digest })],
    )
    expect(restored).toEqual({ kind: 'agents', id: 'alpha', outcome: 'restored', from: null, content: 2 })
  })

  test('starts from nothing live after a disabled version, and shows the differences to it', async () => {
    const disabled = { ...two(), state: 'disabled' as const }
    const rows = [one(), disabled]
    const [move] = await moves(rows, [outcome({ digest: rows[0]!.digest })])
    expect(move).toMatchObject({ from: null, content: 1 })
    expect(move?.diff?.files[0]?.patch).toContain('-Two.\n+One.')
    expect(await moves(rows, [outcome({ outcome: 'removed' })])).toMatchObject([
      { from: null, content: null },
    ])
  })

  test('of a removal leads nowhere, and of a withdrawal names the version that loses its content', async () => {
    const rows = [one(), two()]
    expect(
      await moves(rows, [outcome({ outcome: 'removed' }), outcome({ outcome: 'withdrawn', version: 1 })]),
    ).toEqual([
      { kind: 'agents', id: 'alpha', outcome: 'removed', from: 2, content: null },
      { kind: 'agents', id: 'alpha', outcome: 'withdrawn', from: 2, content: 1 },
    ])
  })

  test('has no difference when one side was withdrawn, or when the plugin of its kind is not here', async () => {
    const withdrawn = { at: '', by: 'ann', reason: 'leaked' }
    const rows = [one(), { ...two(), withdrawn }]
    const row = outcome({ digest: rows[0]!.digest })
    for (const [move] of [await moves(rows, [row]), await moves([one(), two()], [row], [])])
      expect(move).toEqual({ kind: 'agents', id: 'alpha', outcome: 'rolled-back', from: 2, content: 1 })
  })
})

test('the first 30 definitions are described', async () => {
  const rows = Array.from({ length: 33 }, (_none, at) => outcome({ id: `a${at}`, outcome: 'removed' }))
  expect((await moves([], rows)).map(({ id }) => id)).toEqual(rows.slice(0, 30).map(({ id }) => id))
})
