import { expect, it } from 'vitest'
import { keepHeld } from '../../src/core/held-heads.ts'
import type { Head } from '../../src/core/registry/registry.ts'

const headOf = (id: string, held: string[], state = 'active') =>
  ({ kind: 'agents', id, state, hold: held.map((digest) => ({ digest })) }) as unknown as Head

const HISTORIES: Record<string, [origin: string, digest: string][]> = {
  'rolled-back': [
    ['rollback', 'good'],
    ['publish', 'bad'],
    ['publish', 'good'],
  ],
  fixed: [
    ['publish', 'fixed'],
    ['rollback', 'good'],
    ['publish', 'bad'],
  ],
}

it('keeps the definitions whose newest published content is held, and reads no other history', async () => {
  const read: string[] = []
  const history = async (_kind: string, id: string) => {
    read.push(id)
    return (HISTORIES[id] ?? []).map(([origin, digest]) => ({ origin, digest })) as never
  }
  const heads = [
    headOf('free', []),
    headOf('rolled-back', ['bad']),
    headOf('fixed', ['bad']),
    headOf('removed', ['bad'], 'removed'),
  ]
  expect((await keepHeld(heads, { history })).map(({ id }) => id)).toEqual(['rolled-back'])
  expect(read).toEqual(['rolled-back', 'fixed'])
})
