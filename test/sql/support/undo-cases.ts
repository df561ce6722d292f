import { digestFor, type Wanted } from './registry-under-test.ts'

export const A: Wanted = { id: 'a' }
export const A2: Wanted = { id: 'a', text: '2', expected: 1 }

/** A release of one definition, and the state after it is undone. */
export interface UndoCase {
  name: string
  before: Wanted[]
  /** The release that is undone. */
  undone: { publish?: Wanted; remove?: number }
  versions: string[]
  head: Record<string, unknown>
  outcome: string
}

export const UNDO_CASES: UndoCase[] = [
  {
    name: 'an update: the previous content is live again',
    before: [A],
    undone: { publish: A2 },
    versions: ['3 active rollback 1'],
    head: { state: 'active', version: 3, hold: [digestFor(A2)] },
    outcome: 'rolled-back',
  },
  {
    name: 'an addition: a tombstone, and the content is held',
    before: [],
    undone: { publish: A },
    versions: ['2 removed rollback 1'],
    head: { state: 'removed', version: null, hold: [digestFor(A)] },
    outcome: 'removed',
  },
  {
    name: 'a removal: the content is live again and not held',
    before: [A],
    undone: { remove: 1 },
    versions: ['3 active rollback 1'],
    head: { state: 'active', version: 3, hold: [] },
    outcome: 'rolled-back',
  },
  {
    name: 'the removal of a first draft: a draft again',
    before: [{ ...A, state: 'draft' }],
    undone: { remove: 1 },
    versions: ['3 draft rollback 1'],
    head: { state: 'draft', version: null, draftVersion: 3 },
    outcome: 'rolled-back',
  },
  {
    name: 'a draft over a live revision: the live content, without the draft',
    before: [A],
    undone: { publish: { ...A2, state: 'draft' } },
    versions: ['3 active rollback 1'],
    head: { state: 'active', version: 3, draftVersion: null, hold: [digestFor({ ...A2, state: 'draft' })] },
    outcome: 'rolled-back',
  },
  {
    name: 'a newer draft: the older draft, and the live content stays',
    before: [A, { ...A2, state: 'draft' }],
    undone: { publish: { ...A, text: '3', state: 'draft', expected: 2 } },
    versions: ['4 draft rollback 2'],
    head: {
      state: 'active',
      version: 1,
      draftVersion: 4,
      hold: [digestFor({ id: 'a', text: '3', state: 'draft' })],
    },
    outcome: 'rolled-back',
  },
  {
    name: 'a promotion of a draft that was never live before: a tombstone',
    before: [{ ...A, state: 'draft' }],
    undone: { publish: { ...A, expected: 1 } },
    versions: ['3 removed rollback 1'],
    head: { state: 'removed', version: null, hold: [digestFor(A)] },
    outcome: 'removed',
  },
  {
    name: 'the return of a removed definition: removed again',
    before: [A],
    undone: { publish: { ...A2, expected: 2 } },
    versions: ['4 removed rollback 2'],
    head: { state: 'removed', hold: [digestFor(A2)] },
    outcome: 'removed',
  },
]
