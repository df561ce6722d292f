import { digestFor, type PublishOptions, shaOf, type Wanted } from './registry-under-test.ts'

/** One publish of one definition after a history, and its effect on the head and the feed. */
export interface PublishCase {
  name: string
  /** Publishes before it. */
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
    name: 'adds a new definition',
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
    name: 'updates a definition with other content',
    before: [[[A]]],
    publish: [{ ...A, text: '2', expected: 1 }, { rank: 2 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'active', version: 2, latestVersion: 2, commitSha: shaOf('c2'), commitRank: 2 },
    events: ['updated public a 2'],
  },
  {
    name: 'does not change equal content, whatever version the plan expected',
    before: [[[A]]],
    publish: [{ ...A, expected: 0 }, { rank: 2 }],
    outcome: 'unchanged',
    version: 1,
    head: { version: 1, commitRank: 1 },
    events: [],
  },
  {
    name: 'changes nothing for a commit older than the published one',
    before: [[[A], { rank: 5 }]],
    publish: [{ ...A, text: '2', expected: 1 }, { rank: 4 }],
    outcome: 'stale',
    version: 1,
    head: { version: 1, latestVersion: 1, commitRank: 5 },
    events: [],
  },
  {
    name: 'holds content that was rolled back',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...A, text: '2', expected: 3 }],
    outcome: 'held',
    version: 3,
    head: { version: 3, hold: [digestFor({ ...A, text: '2' })] },
    events: [],
  },
  {
    name: 'publishes held content with unhold, and ends the hold',
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
    name: 'keeps a hold while only a draft changes',
    before: [[[A]], [[{ ...A, text: '2', expected: 1 }]]],
    rollbackTo: 1,
    publish: [{ ...draft, expected: 3 }],
    outcome: 'updated',
    version: 4,
    head: { version: 3, draftVersion: 4, hold: [digestFor({ ...A, text: '2' })] },
    events: ['updated publisher a 4'],
  },
  {
    name: 'adds a draft whose event only publishers see',
    before: [],
    publish: [draft],
    outcome: 'added',
    version: 1,
    head: { state: 'draft', version: null, draftVersion: 1, latestVersion: 1 },
    events: ['added publisher a 1'],
  },
  {
    name: 'does not change the live revision when a draft changes',
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
    name: 'shows the public a definition when it leaves the draft state',
    before: [[[draft]]],
    publish: [{ ...A, expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'active', version: 2, draftVersion: null },
    events: ['added public a 2'],
  },
  {
    name: 'shows the public that a disabled definition is removed',
    before: [[[A]]],
    publish: [{ ...A, state: 'disabled', expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'disabled', version: 2 },
    events: ['removed public a 2'],
  },
  {
    name: 'still shows a deprecated definition',
    before: [[[A]]],
    publish: [{ ...A, state: 'deprecated', expected: 1 }],
    outcome: 'updated',
    version: 2,
    head: { state: 'deprecated', version: 2 },
    events: ['updated public a 2'],
  },
  {
    name: 'adds a removed definition again, with the next version',
    before: [[[A]], [[], { removals: [{ id: 'a', expectedVersion: 1 }] }]],
    publish: [{ ...A, expected: 2 }],
    outcome: 'added',
    version: 3,
    head: { state: 'active', version: 3, latestVersion: 3 },
    events: ['added public a 3'],
  },
]
