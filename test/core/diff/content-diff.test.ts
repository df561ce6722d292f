import { applyPatch } from 'diff'
import { describe, expect, it } from 'vitest'
import { renderPatch } from '../../../src/core/diff/content-diff.ts'

const lines = (word: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${word} ${n}\n`).join('')

describe('the diff of a text', () => {
  it.each([
    ['a small change', 'one\ntwo\nthree\n', 'one\n2\nthree\n'],
    ['a new text', '', lines('new', 5)],
    ['a long new text', '', lines('new', 20_000)],
    ['a removed text', lines('old', 20_000), ''],
    ['texts with nothing in common', lines('old', 20_000), lines('new', 20_000)],
    ['such texts without a last line feed', lines('old', 5_000).trimEnd(), lines('new', 5_000).trimEnd()],
  ])('turns one text into the other: %s', async (_name, before, after) => {
    expect(applyPatch(before, await renderPatch('prompts/system.md', before, after))).toBe(after)
  })

  it('shows only the changed lines and their context', async () => {
    const patch = await renderPatch(
      'p.md',
      lines('same', 1_000),
      lines('same', 1_000).replace('same 500\n', 'other\n'),
    )
    expect(patch.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toEqual(['-same 500', '+other'])
    expect(patch.split('\n').length).toBeLessThan(15)
  })
})
