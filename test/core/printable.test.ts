import { Chalk } from 'chalk'
import { describe, expect, test } from 'vitest'
import { inertJson, safeOutput } from '../../src/core/printable.ts'
import fc from '../harness/fast-check.ts'

/** Everything that a terminal or a job's log would execute, except line feeds and tabs. */
const HARMFUL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|##\[|^\s*::/mu

const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]0;title\u0007',
        '\u001b[8m',
        '##[error]',
        '\n::error::',
        '\u009b31m',
        '\r',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

describe('printed text', () => {
  test('contains nothing that a terminal or a log executes, whatever the input', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(safeOutput(text, { colours: false })).not.toMatch(HARMFUL)
        const left = safeOutput(text, { colours: true }).replace(/\u001b\[[0-9]{1,2}m/g, '')
        expect(left).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      }),
      { numRuns: 300 },
    )
  })

  test('keeps safe text unchanged, and the colours of a terminal', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const once = safeOutput(text, { colours: false })
        expect(safeOutput(once, { colours: false })).toBe(once)
      }),
      { numRuns: 200 },
    )
    const painted = new Chalk({ level: 1 }).red(`a ${new Chalk({ level: 1 }).bold('b')}`)
    expect(safeOutput(painted, { colours: true })).toBe(painted)
  })

  test('is JSON of the same value, without harmful characters', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const json = inertJson(JSON.stringify({ text }, null, 2))
        expect(JSON.parse(json)).toEqual({ text })
        expect(json).not.toMatch(HARMFUL)
      }),
      { numRuns: 300 },
    )
  })
})
