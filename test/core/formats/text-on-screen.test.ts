import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/contract/diagnostic.ts'
import { codeFrame } from '../../../src/core/formats/code-frame.ts'
import type { FindingsScreen, Palette } from '../../../src/core/formats/format.ts'
import { findingsOnScreen } from '../../../src/core/formats/text-on-screen.ts'
import { countColumns } from '../../../src/core/lines/columns.ts'
import fc from '../../harness/fast-check.ts'

const same = (text: string) => text
const PLAIN: Palette = { red: same, yellow: same, cyan: same, bold: same, dim: same }
const TEXT = '{\n  "owner": "no owner",\n\t"key": "sk-live-0123456789",\n}\n'

const finding = (rest: Partial<Diagnostic> = {}): Diagnostic => ({
  path: 'packages/shared/agents/reviewer/agent.json',
  line: 2,
  column: 12,
  severity: 'error',
  rule: 'NOFX_FIELD_INVALID',
  message: 'owner "no owner" must be an e-mail address, "@user", "@org/team" or a team’s name',
  hint: 'change owner to an e-mail address',
  ...rest,
})
const screen = (rest: Partial<FindingsScreen> = {}): FindingsScreen => ({
  width: 80,
  readText: () => TEXT,
  more: 'nofx validate --verbose',
  ...rest,
})

describe('findings on a screen', () => {
  it('have place, severity and rule, then message, hint and the line of the file', () => {
    expect(findingsOnScreen([finding()], screen(), PLAIN)).toMatchInlineSnapshot(`
      "packages/shared/agents/reviewer/agent.json:2:12 error NOFX_FIELD_INVALID
        owner "no owner" must be an e-mail address, "@user", "@org/team" or a team’s
        name
        hint: change owner to an e-mail address
        2 │   "owner": "no owner",
          │            ^"
    `)
  })

  it('are one group only if they have the same fix: no message of its own is hidden', () => {
    const own = Array.from({ length: 5 }, (_, at) => ({
      message: `field${'x'.repeat(at)} "a" is wrong`,
      hint: `fix it`,
    }))
    const fixes = ['name', 'tags', 'owner', 'status'].map((name) => ({
      message: `unknown field "x"`,
      hint: `write "${name}"`,
    }))
    const long = [412, 301, 999, 500].map((size) => ({
      message: `description has ${size} characters`,
      hint: 'shorten',
    }))
    const shown = findingsOnScreen(
      [...own, ...fixes, ...long].map(finding),
      screen({ readText: undefined }),
      PLAIN,
    )
    for (const { message, hint } of [...own, ...fixes])
      for (const text of [message, hint]) expect(shown).toContain(text)
    expect(shown.match(/^\d+ × /gm)).toEqual(['4 × '])
  })

  it('are grouped by rule when more than three are alike; without a command for the others all are shown', () => {
    const many = Array.from({ length: 74 }, (_, at) => finding({ path: `agents/a${at}/agent.json` }))
    expect(findingsOnScreen(many, screen({ readText: undefined }), PLAIN)).toMatchInlineSnapshot(`
      "74 × NOFX_FIELD_INVALID error
        agents/a0/agent.json:2:12
        owner "no owner" must be an e-mail address, "@user", "@org/team" or a team’s
        name
        hint: change owner to an e-mail address
        also at agents/a1/agent.json:2:12, agents/a2/agent.json:2:12,
          agents/a3/agent.json:2:12 and 70 more
        all of them: nofx validate --verbose"
    `)
    const all = findingsOnScreen(many, screen({ more: undefined }), PLAIN)
    expect(all.match(/NOFX_FIELD_INVALID/g)).toHaveLength(74)
    expect(findingsOnScreen(many.slice(0, 3), screen(), PLAIN)).not.toContain(' × ')
  })

  it('show no line that contains a secret, for whichever rule', () => {
    const secret = finding({ line: 3, column: 9, rule: 'NOFX_SECRET', message: 'looks like a key' })
    const shown = findingsOnScreen([secret, finding({ line: 3 }), finding()], screen(), PLAIN)
    expect(shown).not.toContain('0123456789')
    expect(shown).toContain('"owner": "no owner"')
  })

  it('have no line over the width, whatever they contain', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 150 }),
      fc.constantFrom('日本語'.repeat(40), TEXT),
    )
    const findings = fc.array(
      fc.record({ path: text, message: text, hint: text, rule: text, line: fc.nat(4), column: fc.nat(300) }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(findings, text, fc.integer({ min: 40, max: 160 }), (many, file, width) => {
        const shown = findingsOnScreen(many.map(finding), screen({ width, readText: () => file }), PLAIN)
        expect(shown.split('\n').filter((line) => countColumns(line) > width)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describe('a code frame', () => {
  const lines = (text: string, rest: Partial<Diagnostic>, width = 60) =>
    codeFrame(finding({ line: 1, ...rest }), screen({ width, readText: () => text }), PLAIN)

  it('marks the place, also far to the right of a long line', () => {
    const [shown = '', mark = ''] = lines(`${'word '.repeat(100)}HERE${' word'.repeat(100)}`, { column: 501 })
    expect(shown.slice(mark.indexOf('^'))).toMatch(/^HERE /)
    expect(countColumns(shown)).toBeLessThanOrEqual(60)
  })

  it('is left out without room, without the file, and for a bracket', () => {
    expect(lines('text here', {}, 50)).toEqual([])
    expect(lines('{', {})).toEqual([])
    expect(lines('text here', { line: 9 })).toEqual([])
    expect(codeFrame(finding(), screen({ readText: () => undefined }), PLAIN)).toEqual([])
  })
})
