import { expect, test } from 'vitest'
import { isStorable, replaceUnstorable } from '../../../src/contract/text/storable.ts'

test.each([
  ['a\0b', 'a\ufffdb'],
  ['\ud800', '\ufffd'],
  ['\udc00\ud800', '\ufffd\ufffd'],
  ['\ud83d\ude00\ud83d', '\u{1f600}\ufffd'],
])('%j cannot be stored, and its replacement can', (text, stored) => {
  expect(isStorable(text)).toBe(false)
  expect(replaceUnstorable(text)).toBe(stored)
  expect(isStorable(stored)).toBe(true)
})

test.each(['', 'a\nb', '\u{1f600}', '\ufffe'])('%j is stored as it is', (text) => {
  expect(isStorable(text)).toBe(true)
  expect(replaceUnstorable(text)).toBe(text)
})
