import { describe, expect, test } from 'vitest'
import { countColumns } from '../../src/core/lines/columns.ts'
import { cutLine, fitLines } from '../../src/core/lines/fit-lines.ts'
import { renderImportReport, type ShownImportReport } from '../../src/import/render-report.ts'
import fc from '../harness/fast-check.ts'
import { repetitions } from '../harness/repetition.ts'

const EMPTY: ShownImportReport = {
  format: 'claude',
  from: 'vendor',
  to: 'packages/shared',
  dryRun: false,
  imported: [],
  unchanged: [],
  conflicted: [],
  skipped: [],
  failed: [],
  gone: [],
  passedOver: [],
}
const GRANT = {
  field: 'permissions',
  what: 'nothing granted',
  why: 'the source asks for every tool there is: grant what it needs',
  needs: true,
}
const NAME = { field: 'name', what: 'A name', why: 'a title made from the name' }
const row = (id: string) => ({
  id,
  kind: 'agents',
  source: `agents/${id}.md`,
  updated: false,
  guesses: [NAME, GRANT],
  problems: [],
  edits: [],
  loses: '',
})

describe('the report', () => {
  test('begins with the counts and with what needs a person; equal guesses are one line with a number', () => {
    const imported = Array.from({ length: 25 }, (_, at) => row(`agent-${at}`))
    const passedOver = [{ source: 'README.md', reason: 'it has no front matter' }]
    expect(renderImportReport({ ...EMPTY, imported, passedOver })).toMatchInlineSnapshot(`
      "25 imported, 25 need you, 1 passed over, 0 failed
      from vendor to packages/shared
      needs you:
        25 × permissions: nothing granted, the source asks for every tool there is:
          grant what it needs (agents/agent-0; agents/agent-1; agents/agent-2 and 22
          more)
      passed over:
        1 × it has no front matter (README.md)
      guessed:
        25 × name: A name, a title made from the name (agents/agent-0; agents/agent-1;
          agents/agent-2 and 22 more)"
    `)
  })

  test('says which source was read as what, where there are several formats', () => {
    const one = { ...row('a'), format: 'claude' }
    const two = { ...row('b'), format: 'codex', source: '.codex/agents/b.toml' }
    const failed = [{ kind: 'skills', format: 'agent-skills', source: 'skills/c/SKILL.md', diagnostics: [] }]
    const imported = [one, two, { ...two, source: '.codex/agents/c.toml' }]
    expect(renderImportReport({ ...EMPTY, imported, failed })).toContain(`read as:
  2 × codex (.codex/agents/b.toml; .codex/agents/c.toml)
  1 × claude (agents/a.md)
  1 × agent-skills (skills/c/SKILL.md)
`)
    expect(renderImportReport({ ...EMPTY, imported: [one, { ...one, kind: 'templates' }] })).not.toContain(
      'read as',
    )
  })

  test('has no line over the width, whatever it reports', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc
        .array(fc.constantFrom('word', 'folder/'.repeat(20), '日本語', '::'), { maxLength: 30 })
        .map((all) => all.join(' ')),
    )
    const guess = fc.record({ field: text, what: text, why: text, needs: fc.boolean() })
    const diagnostic = fc.record({
      path: text,
      line: fc.nat(),
      column: fc.nat(),
      severity: fc.constant('error' as const),
      rule: fc.constant('NOFX_X'),
      message: text,
      hint: text,
    })
    const made = fc.record({
      id: text,
      kind: fc.constant('agents'),
      source: text,
      updated: fc.boolean(),
      guesses: fc.array(guess, { maxLength: 2 }),
      problems: fc.array(diagnostic, { maxLength: 1 }),
      edits: fc.array(text, { maxLength: 2 }),
      loses: text.map((patch) => `-${patch}\n`),
    })
    const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 })
    const report = fc.record({
      imported: list(made),
      unchanged: list(made),
      conflicted: list(fc.tuple(made, text).map(([one, place]) => ({ ...one, conflicts: [place] }))),
      skipped: list(fc.record({ id: text, source: text, reason: text, loses: text })),
      failed: list(fc.record({ source: text, diagnostics: list(diagnostic) })),
      gone: list(fc.record({ id: text, source: text, edited: fc.boolean() })),
      passedOver: list(fc.record({ source: text, reason: text })),
      from: text,
    })
    fc.assert(
      fc.property(report, fc.integer({ min: 40, max: 140 }), (lists, width) => {
        const lines = renderImportReport({ ...EMPTY, ...lists }, width).split('\n')
        expect(lines.filter((line) => countColumns(line) > width)).toEqual([])
      }),
      { numRuns: repetitions(30, 150) },
    )
  })
})

test('a text breaks at words, and a path that is too long keeps its name', () => {
  expect(fitLines('one two three', 8, '', '  ')).toEqual(['one two', '  three'])
  expect(fitLines(`a/${'very-long/'.repeat(20)}x.md:1:1 error`, 40)).toEqual([
    'a/very-long/very-lo…very-long/x.md:1:1',
    '  error',
  ])
  expect(cutLine('日本語日本語', 5)).toBe('日本…')
})
