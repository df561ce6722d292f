import { expect, test } from 'vitest'
import { describeHold, findHold, type Hold, hintOnHold } from '../../../src/core/registry/hold.ts'

const held: Hold = {
  digest: 'd',
  version: 2,
  reason: 'loops\n  for ever',
  by: 'ann',
  since: '2026-01-01T00:00:00Z',
}

test('a hold is found by the content that it is on', () => {
  expect(findHold({ hold: [{ ...held, digest: 'e' }, held] }, 'd')).toBe(held)
  expect(findHold({ hold: [held] }, 'x')).toBeUndefined()
  expect(findHold(undefined, 'd')).toBeUndefined()
})

test('a hold is described on one line, with the reason if there is one', () => {
  expect(describeHold(held)).toBe('this content was rolled back as version 2 by ann: loops for ever')
  expect(describeHold({ ...held, reason: null })).toBe('this content was rolled back as version 2 by ann')
  expect(describeHold({ ...held, withdrawn: true })).toMatch(
    /^this content was withdrawn as version 2 by ann/,
  )
})

test('what was rolled back may be published on purpose, what was withdrawn may not', () => {
  expect(hintOnHold({})).toBe('publish corrected content, or this one on purpose with --unhold')
  expect(hintOnHold({ withdrawn: true })).toBe(
    'publish other content: withdrawn content stays withdrawn, also with --unhold',
  )
})
