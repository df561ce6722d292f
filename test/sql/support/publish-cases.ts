import { digestFor, type PublishOptions, shaOf, type Wanted } from './registry-under-test.ts'

/** One publish of one definition after a history, and what it does to head and feed. */
export interface PublishCase {
  name: string
  /** Publishes that come before. */
  before: [Wanted[], PublishOptions?][]
  rollbackTo?: number
  publish: [Wanted, PublishOptions?]
  outcome: string
  version: number | null
  head: Record<string, unknown>
  events: string[]
}

const A = { id: 'a' }
const draft = { id: 'a', state: 'draft', text: 'd' }

export const PUBLISH_CASES: PublishCase[] = [
  {
    name: 'adds what is new',
    before: [],
    publish: [A],
    outcome: 'added',
    version: 1,
    head: {
      state: 'active',
      version: 1,
      draftVersion: null,
      latestVersion: 1,
      commitSha: shaOf('c1'),
      commitRank: 1,
    },
    events: ['added public a 1'],
  },
  {
    name: 'updates what has other content',
    before: [[[A]]],
    publish: [{ ...A, text: '2', expected: 1 }, { rank: 2 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'active', version: 2, latestVersion: 2, commitSha: shaOf('c2'), commitRank: 2 },
    events: ['updated public a 2'],
  },
  {
    name: 'leaves equal content alone, whatever version the plan expected',
    before: [[[A]]],
    publish: [{ ...A, expected: 0 }, { rank: 2 }],
    outcome: 'unchanged',
    version: 1,
    head: { version: 1, commitRank: 1 },
    events: [],
  },
  {
    name: 'moves nothing for a commit older than the one published',
    before: [[[A], { rank: 5 }]],
    publish: [{ ...A, text: '2', expected: 1 }, { rank: 4 }],
    outcome: 'stale',
    version: 1,
    head: { version: 1, latestVersion: 1, commitRank: 5 },
    events: [],
  },
  {
    name: 'keeps back content that a rollback took back',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...A, text: '2', expected: 3 }],
    outcome: 'held',
    version: 3,
    head: { version: 3, hold: [digestFor({ ...A, text: '2' })] },
    events: [],
  },
  {
    name: 'publishes held content with unhold, and holds it no longer',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...A, text: '2', expected: 3 }, { unhold: true }],
    outcome: 'updated',
    version: 4,
    head: { version: 4, hold: [] },
    events: ['updated public a 4'],
  },
  {
    name: 'keeps the hold when other content goes live',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...A, text: '3', expected: 3 }],
    outcome: 'updated',
    version: 4,
    head: { version: 4, hold: [digestFor({ ...A, text: '2' })] },
    events: ['updated public a 4'],
  },
  {
    name: 'keeps a hold while only a draft moves',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...draft, expected: 3 }],
    outcome: 'updated',
    version: 4,
    head: { version: 3, draftVersion: 4, hold: [digestFor({ ...A, text: '2' })] },
    events: ['updated publisher a 4'],
  },
  {
    name: 'adds a draft that only publishers hear of',
    before: [],
    publish: [draft],
    outcome: 'added',
    version: 1,
    head: { state: 'draft', version: null, draftVersion: 1, latestVersion: 1 },
    events: ['added publisher a 1'],
  },
  {
    name: 'leaves the live revision alone when a draft moves',
    before: [[[A]]],
    publish: [{ ...draft, expected: 1 }, { rank: 2 }],
    outcome: 'updated',
    version: 2,
    head: {
      state: 'active',
      version: 1,
      draftVersion: 2,
      latestVersion: 2,
      digest: digestFor(draft),
      commitRank: 2,
    },
    events: ['updated publisher a 2'],
  },
  {
    name: 'tells the public of a definition when it leaves the draft state',
    before: [[[draft]]],
    publish: [{ ...A, expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'active', version: 2, draftVersion: null },
    events: ['added public a 2'],
  },
  {
    name: 'tells the public that a disabled definition is gone',
    before: [[[A]]],
    publish: [{ ...A, state: 'disabled', expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'disabled', version: 2 },
    events: ['removed public a 2'],
  },
  {
    name: 'goes on telling of a deprecated definition',
    before: [[[A]]],
    publish: [{ ...A, state: 'deprecated', expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'deprecated', version: 2 },
    events: ['updated public a 2'],
  },
  {
    name: 'adds a removed definition again, counting on',
    before: [[[A]], [[], { removals: [{ id: 'a', expectedVersion: 1 }] }]],
    publish: [{ ...A, expected: 2 }],
    outcome: 'added',
    version: 3,
    head: { state: 'active', version: 3, latestVersion: 3 },
    events: ['added public a 3'],
  },
]
