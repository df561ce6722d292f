import { expect, test } from 'vitest'
import type { Hold } from '../../src/core/registry/hold.ts'
import type { Head } from '../../src/core/registry/registry.ts'
import type { RevisionRow } from '../../src/core/registry/registry-rows.ts'
import { versionToRestore } from '../../src/core/rollback-target.ts'
import { registryOf } from './support/registry.ts'

/** `x`, `y` are contents; a capital letter is a draft, `-` a tombstone, `!` disabled content. */
function historyOf(text: string, last: Partial<RevisionRow> = {}): RevisionRow[] {
  const contents = [...text]
  return contents.map((letter, at) => {
    const state = letter === '-' ? 'removed' : letter === '!' ? 'disabled' : letter < 'a' ? 'draft' : 'active'
    const common = {
      kind: 'agents',
      id: 'a',
      version: at + 1,
      digest: letter.toLowerCase(),
      state,
      withdrawn: null,
    }
    return {
      ...common,
      origin: 'publish',
      reason: null,
      ...(at === contents.length - 1 ? last : {}),
    } as RevisionRow
  })
}

const restored = (revisions: RevisionRow[], held = '', reason = 'why') => {
  const hold = [...held].map((digest) => ({ digest }) as Hold)
  return versionToRestore(
    registryOf({ revisions }),
    { kind: 'agents', id: 'a', hold } as unknown as Head,
    reason,
  )
}

test.each<[string, string, number]>([
  ['xy', '', 1],
  ['xyz', '', 2],
  ['xyy', '', 1],
  ['xyz', 'y', 1],
  ['xyZ', '', 1],
  ['xYz', '', 1],
  ['x-', '', 1],
  ['x!y', '', 1],
  ['xy!', '', 2],
])('of the history %s, with %j held, the rollback goes to version %i', async (text, held, version) => {
  expect(await restored(historyOf(text), held)).toBe(version)
})

test('the same rollback once more has the same target, and another reason goes further back', async () => {
  const done = historyOf('xyzy', { origin: 'rollback', reason: 'why' })
  expect(await restored(done, 'z', 'why')).toBe(2)
  expect(await restored(done, 'z', 'still')).toBe(1)
})

test.each(['x', 'X', 'xx', 'x!'.replace('x', '!')])(
  'without an earlier good version, %s is refused with the kill switch',
  async (text) => {
    await expect(restored(historyOf(text))).rejects.toMatchObject({
      code: 'REFUSED',
      hint: 'disable it: nofx registry disable agents/a --reason "<why>"',
    })
  },
)
