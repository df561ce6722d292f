import { expect, test } from 'vitest'
import type { RevisionSummary } from '../../../src/core/registry/revision.ts'
import { requireContent, withdrawnFailure } from '../../../src/core/registry/withdrawn.ts'

const revision = { kind: 'agents', id: 'a', version: 2, withdrawn: null } as RevisionSummary

test('a revision that has its content is passed on as it is', () => {
  expect(requireContent(revision)).toBe(revision)
})

test('a revision whose content was withdrawn is refused with the reason on one line', () => {
  const withdrawn = { at: '2026-01-01T00:00:00Z', by: 'ann', reason: 'a key\nleaked' }
  expect(() => requireContent({ ...revision, withdrawn })).toThrow(
    expect.objectContaining({
      code: 'WITHDRAWN',
      message: 'version 2 of agents/a was withdrawn: a key leaked',
      hint: 'choose another version: nofx registry history agents/a',
    }),
  )
})

test('readers get no reason', () => {
  expect(withdrawnFailure(revision).message).toBe('version 2 of agents/a was withdrawn')
  expect(withdrawnFailure(revision, '').message).toBe('version 2 of agents/a was withdrawn')
})
