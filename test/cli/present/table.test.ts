import { describe, expect, it } from 'vitest'
import { presentHeads } from '../../../src/cli/present/heads.ts'
import { type TableColumn, table } from '../../../src/cli/present/table.ts'
import { shownTime } from '../../../src/cli/present/time.ts'
import {
  measureProseWidth,
  measureScreen,
  measureWidth,
  type Screen,
} from '../../../src/cli/terminal/screen.ts'
import { countColumns } from '../../../src/core/lines/columns.ts'
import { fitText } from '../../../src/core/lines/fit-lines.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const screen = (width: number, wide = false): Screen => ({ width, height: 24, wide, now: 0 })
const WIDE = screen(Number.POSITIVE_INFINITY, true)

type Row = readonly string[]

/** Tables of any texts, in which any columns may be cut or left out. */
const tables = fc.integer({ min: 1, max: 7 }).chain((width) =>
  fc.record({
    columns: fc.array(
      fc.record(
        {
          heading: fc.string({ minLength: 1, maxLength: 12 }),
          leave: fc.integer({ min: 1, max: 9 }),
          least: fc.integer({ min: 1, max: 20 }),
          middle: fc.boolean(),
        },
        { requiredKeys: ['heading'] },
      ),
      { minLength: width, maxLength: width },
    ),
    rows: fc.array(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 90 }),
          fc.constantFrom('日本語のテキスト', '👩‍👩‍👧 family', 'e\u0301'),
          fc.string(),
        ),
        {
          minLength: width,
          maxLength: width,
        },
      ),
      { maxLength: 8 },
    ),
  }),
)

const columnsFor = (columns: readonly Omit<TableColumn<Row>, 'of'>[]): TableColumn<Row>[] =>
  columns.map((column, at) => ({ ...column, of: (row) => row[at] ?? '' }))

describe('a table', () => {
  it('has one line for each row, none wider than the screen', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 200 }), ({ columns, rows }, width) => {
        const lines = table(columnsFor(columns), rows, screen(width)).split('\n')
        expect(lines.filter((line) => countColumns(line) > width)).toEqual([])
        expect([rows.length + 1, rows.length + 2]).toContain(lines.length)
      }),
      { numRuns: repetitions(60, 300) },
    )
  })

  it('cuts nothing and leaves nothing out on a wide screen', () => {
    fc.assert(
      fc.property(tables, ({ columns, rows }) => {
        const shown = table(columnsFor(columns), rows, WIDE)
        expect(shown.split('\n').length).toBe(rows.length + 1)
        for (const text of rows.flat().filter((one) => /^[a-z0-9]+$/.test(one))) expect(shown).toContain(text)
      }),
      { numRuns: repetitions(30, 100) },
    )
  })

  const COLUMNS: TableColumn<Row>[] = [
    { heading: 'ID', of: (row) => row[0] ?? '' },
    { heading: 'NAME', of: (row) => row[1] ?? '', least: 6, leave: 2 },
    { heading: 'COMMIT', of: (row) => row[2] ?? '', leave: 1 },
    { heading: 'URL', of: (row) => row[3] ?? '', least: 9, middle: true },
  ]
  const ROWS = [['a-1', 'A long name', '0123456789ab', 'https://example.com/hook']]

  it('first cuts texts, then leaves columns out in their order, and says which', () => {
    expect(table(COLUMNS, ROWS, screen(60))).toMatchInlineSnapshot(`
      "ID   NAME         COMMIT        URL
      a-1  A long name  0123456789ab  https://example.com/hook"
    `)
    expect(table(COLUMNS, ROWS, screen(40))).toMatchInlineSnapshot(`
      "ID   NAME       COMMIT        URL
      a-1  A long n…  0123456789ab  https…hook"
    `)
    expect(table(COLUMNS, ROWS, screen(30))).toMatchInlineSnapshot(`
      "ID   NAME         URL
      a-1  A long name  https:…/hook
      not shown: COMMIT (--wide)"
    `)
    expect(table(COLUMNS, ROWS, screen(18))).toMatchInlineSnapshot(`
      "ID   URL
      a-1  https:…m/hook
      not shown: NAME, …"
    `)
  })

  it('has no column without texts, except on a wide screen', () => {
    const rows = [['a-1', '', '0123456789ab', 'https://example.com/hook']]
    expect(table(COLUMNS, rows, screen(80))).not.toContain('NAME')
    expect(table(COLUMNS, rows, WIDE)).toContain('NAME')
  })
})

describe('a screen', () => {
  it('has the width of its terminal, 80 columns without a size, and no limit in a pipe', () => {
    expect(measureWidth({ isTTY: true, columns: 132 })).toBe(132)
    expect(measureWidth({ isTTY: true })).toBe(80)
    expect(measureWidth({ isTTY: true, columns: 3 })).toBe(40)
    expect(measureWidth({ columns: 132 })).toBe(Number.POSITIVE_INFINITY)
    expect(measureProseWidth({})).toBe(80)
    expect(measureProseWidth({ isTTY: true, columns: 132 })).toBe(132)
    expect(measureScreen({})).toMatchObject({ wide: true, height: Number.POSITIVE_INFINITY })
    expect(measureScreen({ isTTY: true, columns: 90, rows: 30 })).toMatchObject({
      wide: false,
      width: 90,
      height: 30,
    })
    expect(measureScreen({ isTTY: true, columns: 90 }, { wide: true }).width).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a time', () => {
  const NOW = Date.parse('2026-11-29T12:00:00.000Z')
  it.each([
    ['2026-11-29T11:59:59.900Z', 'now'],
    ['2026-11-29T11:59:18Z', '42 s ago'],
    ['2026-11-29T11:00:01Z', '59 min ago'],
    ['2026-11-29T09:59:00Z', '2 h ago'],
    ['2026-11-27T11:00:00Z', '2 d ago'],
    ['2026-12-02T13:00:00Z', 'in 3 d'],
    ['2026-01-05T13:00:00Z', '2026-01-05'],
    ['not a time', 'not a time'],
  ])('%s is shown as %s', (time, shown) => {
    expect(shownTime(time, { now: NOW, wide: false })).toBe(shown)
    expect(shownTime(time, { now: NOW, wide: true })).toBe(time)
  })
})

describe('a text', () => {
  it('is broken between words only, and loses none', () => {
    const lines = fc.array(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 30 }), { maxLength: 5 })
    fc.assert(
      fc.property(lines, fc.integer({ min: 10, max: 90 }), (texts, width) => {
        const text = texts.map((words) => words.join(' ')).join('\n')
        const shown = fitText(text, width)
        expect(shown.split(/\s+/)).toEqual(text.split(/\s+/))
        const wide = shown.split('\n').filter((line) => countColumns(line) > width)
        expect(wide.filter((line) => line.trim().includes(' '))).toEqual([])
      }),
      { numRuns: repetitions(60, 200) },
    )
  })
})

describe('a list of definitions', () => {
  const head = (kind: string, id: string): Head => ({
    kind,
    id,
    state: 'active',
    disabled: null,
    version: 3,
    draftVersion: null,
    latestVersion: 3,
    digest: 'd',
    liveDigest: 'd',
    commit: { sha: 'de4ae7e3c8a60123456789', rank: 2 },
    hold: [],
    description: { name: `The ${id}`, summary: '', tags: [], provides: [], extra: {} } as never,
    references: [],
    demands: [],
    updatedAt: '1969-12-31T22:00:00.000Z',
  })

  it('is grouped by kind on a screen, and has whole names in a pipe', () => {
    const heads = [head('agents', 'reviewer'), head('agents', 'tester'), head('templates', 'triage')]
    expect(presentHeads(heads, screen(60), heads.length)).toMatchInlineSnapshot(`
      "DEFINITION  VERSION  STATE   UPDATED  NAME
      agents (2)
        reviewer  v3       active  2 h ago  The reviewer
        tester    v3       active  2 h ago  The tester
      templates (1)
        triage    v3       active  2 h ago  The triage
      3 definitions
      not shown: COMMIT (--wide)"
    `)
    expect(presentHeads(heads, WIDE, heads.length)).toContain('templates/triage')
    expect(presentHeads(heads.slice(0, 2), screen(60), 2)).toContain('agents/reviewer')
    expect(presentHeads([], WIDE, 0)).toBe('Nothing has been published yet.')
    expect(presentHeads([], WIDE, 3)).toMatch(/^No definition matches /)
  })
})
