import { expect, test } from 'vitest'
import type { EffectOutcome } from '../../../src/contract/protocol/effects.ts'
import { describeReleased } from '../../../src/core/moves/describe-released.ts'
import {
  describeIncident,
  type IncidentVerb,
  renderUndo,
  requiredBy,
} from '../../../src/core/moves/incident.ts'
import { recentMoves, recentReleases } from '../../../src/core/moves/recent-moves.ts'
import {
  describeReleaseMove,
  type ReleaseMove,
  readReleaseMoves,
} from '../../../src/core/moves/release-moves.ts'
import type { Release } from '../../../src/core/registry/registry.ts'
import type { RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { PUBLISHED, registryOf } from '../support/registry.ts'

const revision = (version: number, digest: string, more: Partial<RevisionRow> = {}) =>
  ({ kind: 'agents', id: 'a', version, digest, state: 'active', origin: 'publish', ...more }) as RevisionRow
const row = (outcome: EffectOutcome, version: number, digest: string) => ({
  kind: 'agents',
  id: 'a',
  outcome,
  version,
  digest,
})

/** v1 x, v2 y, v3 draft z, v4 z (promoted), v5 x (rolled back), v6 removed, v7 x (restored), v8 disabled, v9 enabled. */
const REVISIONS = [
  revision(1, 'x'),
  revision(2, 'y'),
  revision(3, 'z', { state: 'draft' }),
  revision(4, 'z', { origin: 'promote' }),
  revision(5, 'x', { origin: 'rollback' }),
  revision(6, 'x', { state: 'removed', origin: 'remove' }),
  revision(7, 'x', { origin: 'undelete' }),
  revision(8, 'x', { state: 'disabled', origin: 'disable' }),
  revision(9, 'x', { origin: 'enable' }),
]

test.each<[EffectOutcome, number, string, string]>([
  ['added', 1, 'x', 'new v1'],
  ['updated', 2, 'y', 'v1 → v2'],
  ['updated', 3, 'z', 'v3 as a draft'],
  ['promoted', 4, 'z', 'v2 → v4, the content of v3'],
  ['rolled-back', 5, 'x', 'v4 → v5, the content of v1'],
  ['removed', 6, 'x', 'v5 → removed'],
  ['restored', 7, 'x', 'nothing live → v7, the content of v1'],
  ['disabled', 8, 'x', 'v7 → disabled as v8'],
  ['enabled', 9, 'x', 'v8 → enabled as v9'],
  ['withdrawn', 2, 'y', 'v2, content deleted'],
  ['rebased', 9, 'x', 'v8 → v9, the same content'],
])('%s as v%i is described from the history', async (outcome, version, digest, text) => {
  const registry = registryOf({ revisions: REVISIONS })
  const [move] = await readReleaseMoves(registry, [row(outcome, version, digest)])
  expect(move && describeReleaseMove(move)).toBe(text)
})

const release = (id: string, createdAt: string, outcomes: Release['outcomes']): Release => ({
  id,
  origin: 'publish',
  commit: PUBLISHED,
  actor: 'ann',
  reason: null,
  undoes: null,
  createdAt,
  outcomes,
})
const RELEASES = [
  release('r2', '2026-01-02T00:00:00.000Z', [row('updated', 2, 'y'), { ...row('added', 1, 'q'), id: 'b' }]),
  release('r1', '2026-01-01T00:00:00.000Z', [row('added', 1, 'x'), { ...row('unchanged', 1, 'q'), id: 'c' }]),
]

test('recent releases count what moved and name the first moves, and recent moves are one for each definition', async () => {
  const registry = registryOf({ revisions: REVISIONS, releases: RELEASES })
  const releases = await recentReleases(registry, { limit: 5, each: 1 })
  expect(releases.map(({ moved, moves }) => [moved, moves.map(({ id, to }) => `${id} ${to}`)])).toEqual([
    [2, ['a 2']],
    [1, ['a 1']],
  ])
  const names = async (options: Parameters<typeof recentMoves>[1]) =>
    (await recentMoves(registry, options)).map(({ id, to, releaseId }) => `${id} ${to} ${releaseId}`)
  expect(await names({ limit: 5 })).toEqual(['a 2 r2', 'b 1 r2', 'a 1 r1'])
  expect(await names({ limit: 1 })).toEqual(['a 2 r2'])
  expect(await names({ limit: 5, since: '2026-01-02T00:00:00.000Z' })).toEqual(['a 2 r2', 'b 1 r2'])
  expect(await names({ limit: 5, covers: ({ id }) => id === 'b' })).toEqual(['b 1 r2'])
})

test('a release without comparable contents is described without differences', async () => {
  const registry = registryOf({ revisions: REVISIONS })
  const { changes, moved } = await describeReleased(registry, [], RELEASES[0] as Release)
  expect([moved, changes.map(({ id, diff }) => [id, diff])]).toEqual([
    2,
    [
      ['a', undefined],
      ['b', undefined],
    ],
  ])
})

const move = (more: Partial<ReleaseMove> = {}): ReleaseMove => ({
  kind: 'agents',
  id: 'a',
  outcome: 'rolled-back',
  from: 3,
  to: 4,
  content: 1,
  draft: false,
  ...more,
})
const RESULT = {
  releaseId: '0123456789',
  replayed: false,
  dryRun: false,
  seq: 9,
  outcomes: [row('rolled-back', 4, 'x')],
}

test.each<[IncidentVerb, ReleaseMove[], string]>([
  ['rollback', [move()], 'rollback agents/a --to v3'],
  ['rollback', [move({ from: null })], 'rollback --release 01234567'],
  ['rollback', [move(), move({ id: 'b' })], 'rollback --release 01234567'],
  ['disable', [move()], 'enable agents/a'],
  ['enable', [move()], 'disable agents/a'],
  ['undelete', [move()], 'rollback --release 01234567'],
  ['promote', [move()], 'rollback --release 01234567'],
])('the undo of a %s is a command', (verb, moves, command) => {
  expect(renderUndo(verb, RESULT, moves, undefined)).toBe(`nofx registry ${command} --reason "<why>"`)
  expect(renderUndo(verb, RESULT, moves, 'pr-1')).toBe(`nofx registry ${command} --env pr-1 --reason "<why>"`)
})

test.each([
  ['prod', undefined, 'in prod'],
  ['prod', 'pr-1', 'in prod, preview pr-1'],
  ['prod, preview pr-1', 'pr-1', 'in prod, preview pr-1'],
])('the paragraph names the registry %j and the preview %j once', (label, preview, place) => {
  const registry = { label, ...(preview === undefined ? {} : { preview }) }
  const facts = { result: RESULT, moves: [move()], dependents: [], disabled: [], registry }
  const [head] = describeIncident({ verb: 'rollback', actor: 'a', reason: 'b' }, facts).split('\n')
  expect(head).toMatch(new RegExp(`\\) ${place}$`))
})

test('the paragraph stays one list, whatever the reason and the names contain', () => {
  const facts = {
    result: RESULT,
    moves: [move()],
    dependents: ['templates/t'],
    disabled: [],
    registry: { label: 'x' },
  }
  const text = describeIncident({ verb: 'rollback', actor: 'a\nb', reason: '- x\n# y' }, facts)
  expect(text.split('\n')).toEqual([
    '**Rolled back** `agents/a` (v3 → v4, the content of v1) in x',
    '- **Why**: - x # y',
    '- **By**: a b, as release `01234567`',
    '- **Reaches**: readers see it at once, caches within a minute; required by `templates/t`',
    '- **Undo**: `nofx registry rollback agents/a --to v3 --reason "<why>"`',
  ])
  expect(requiredBy([{ kind: 'agents', id: 'a' }], [])).toEqual([])
})
