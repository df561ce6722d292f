import { describe, expect, test } from 'vitest'
import {
  breaksSection,
  changesSection,
  findingsSection,
  plural,
  removalsSection,
  risksSection,
  short,
} from '../../../src/core/comment/sections.ts'
import { change, finding, planOf } from './support/samples.ts'

const rowsOf = (parts: readonly string[]) =>
  parts
    .join('\n')
    .split('\n')
    .filter((line) => /^\| (?!\||-)|^- /.test(line) && !/^\| level|^\| action/.test(line))
const risk = (level: 'low' | 'medium' | 'high', message: string) => ({ id: 'x', level, field: 'f', message })
const gone = (id: string, requiredBy: string[] = []) => ({
  kind: 'agents',
  id,
  expectedVersion: 1,
  requiredBy,
})

describe('the section of findings', () => {
  test('is left out without findings', () => expect(findingsSection([])).toEqual([]))

  test('lists errors before warnings, each with its place, rule and message', () => {
    const [text = ''] = findingsSection([
      finding({ severity: 'warning', rule: 'NOFX_W', path: 'w' }),
      finding({ severity: 'error', rule: 'NOFX_E', path: 'e' }),
    ])
    expect(text).toMatch(/^\*\*1 error, 1 warning\*\*/)
    expect(text.indexOf('❌')).toBeGreaterThan(0)
    expect(text.indexOf('❌')).toBeLessThan(text.indexOf('🟡'))
    expect(text).toContain('<code>e&#58;4</code> | <code>NOFX&#95;E</code> | <code>is not valid</code>')
  })

  test('is closed when there are only warnings', () => {
    const [text = ''] = findingsSection([finding({ severity: 'warning' })])
    expect(text).toMatch(/^<details><summary>0 errors, 1 warning<\/summary>/)
  })

  test('shows 30 rows and counts the others', () => {
    const [text = ''] = findingsSection(Array.from({ length: 33 }, () => finding()))
    expect(text.match(/❌/g)).toHaveLength(30)
    expect(text).toContain('**33 errors, 0 warnings**')
    expect(text).toMatch(/_… and 3 more\._$/)
  })

  test('shows fewer rows when they are long, and counts the others', () => {
    const [text = ''] = findingsSection(
      Array.from({ length: 30 }, () => finding({ message: '|'.repeat(900) })),
    )
    const shown = text.match(/❌/g)?.length ?? 0
    expect(shown).toBeGreaterThan(3)
    expect(shown).toBeLessThan(30)
    expect(text.length).toBeLessThan(8_300)
    expect(text).toContain(`_… and ${30 - shown} more._`)
  })
})

describe('the section of risks', () => {
  test('lists the highest first', () => {
    const risks = [risk('low', 'l'), risk('high', 'h'), risk('medium', 'm')]
    const parts = risksSection(planOf([change({ risks })]))
    expect(parts[0]).toMatch(/^\*\*Risks\*\*/)
    expect(rowsOf(parts).map((row) => row.split(' ')[1])).toEqual(['high', 'medium', 'low'])
  })

  test('lists all risks of a change, and of an addition only the high ones', () => {
    const risks = [risk('low', 'l'), risk('high', 'h')]
    expect(rowsOf(risksSection(planOf([change({ action: 'add', risks })])))).toHaveLength(1)
    expect(rowsOf(risksSection(planOf([change({ action: 'change', risks })])))).toHaveLength(2)
  })

  test.each(['stale', 'held', 'refused'] as const)(
    'leaves out a definition that is %s: it moves nothing',
    (action) => {
      expect(risksSection(planOf([change({ action, risks: [risk('high', 'h')] })]))).toEqual([])
    },
  )
})

describe('the section of what breaks', () => {
  test('names what a change breaks, and what a removal breaks', () => {
    const plan = planOf([change({ breaks: ['agents/user'] })], { missing: [gone('old', ['agents/other'])] })
    expect(rowsOf(breaksSection(plan))).toEqual([
      '- <code>agents/reviewer</code> breaks <code>agents/user</code>',
      '- <code>agents/old</code> breaks <code>agents/other</code>',
    ])
  })

  test('is left out when nothing breaks', () => expect(breaksSection(planOf([change()]))).toEqual([]))
})

describe('the section of changes', () => {
  test('gives each definition its action and the reason that it has', () => {
    const plan = planOf([
      change({ id: 'a', action: 'add' }),
      change({ id: 'b', action: 'stale', note: 'a newer commit' }),
      change({ id: 'c', action: 'add', neededBy: 'agents/a' }),
    ])
    expect(changesSection(plan).join('\n').split('\n').slice(2)).toEqual([
      '| add | <code>agents/a</code> |  |',
      '| stale | <code>agents/b</code> | <code>a newer commit</code> |',
      '| add | <code>agents/c</code> | <code>included&#58; agents/a requires it</code> |',
    ])
  })

  test('is left out when nothing changes', () => expect(changesSection(planOf([]))).toEqual([]))
})

test('definitions that are missing from the tree are removed only by a plan that prunes', () => {
  const missing = [gone('old')]
  expect(removalsSection(planOf([], { missing, prune: true }))).toEqual([
    '**Removed**\n\n- <code>agents/old</code>',
  ])
  expect(removalsSection(planOf([], { missing }))[0]).toContain('Not in the tree, stay published')
  expect(removalsSection(planOf([], { prune: true }))).toEqual([])
})

test('a long text is cut to its limit and ends in an ellipsis; a short one stays', () => {
  expect(short('abcd', 4)).toBe('abcd')
  expect(short('abcde', 4)).toBe('abc…')
})

test('a count and its noun agree', () => {
  expect([0, 1, 2].map((count) => plural(count, 'error'))).toEqual(['0 errors', '1 error', '2 errors'])
})
