import { describe, expect, test } from 'vitest'
import { readMoment } from '../../../console/model/address/read-moment.ts'
import { carryQuery, withQuery } from '../../../console/model/address/url-state.ts'
import { listSettings } from '../../../console/model/definitions/settings.ts'
import { countRisks } from '../../../console/model/differences/count-risks.ts'
import { foldValue } from '../../../console/model/differences/fold-value.ts'
import { compareSets } from '../../../console/model/differences/set-change.ts'
import { linkCommit } from '../../../console/model/texts/commit-link.ts'
import { foldText } from '../../../console/model/texts/fold-text.ts'
import { markVariables } from '../../../console/model/texts/variable-marks.ts'
import { tellSpan, tellTime } from '../../../console/model/time/relative-time.ts'
import fc from '../../harness/fast-check.ts'

const SHA = 'e0ba43d1e0ba43d1e0ba43d1e0ba43d1e0ba43d1'

describe('a commit', () => {
  test.each([
    ['https://github.com/acme/agents', `https://github.com/acme/agents/commit/${SHA}`],
    ['https://github.com/acme/agents.git', `https://github.com/acme/agents/commit/${SHA}`],
    ['https://gitlab.com/acme/group/agents/', `https://gitlab.com/acme/group/agents/-/commit/${SHA}`],
  ])('of %s has a page', (repository, url) => {
    expect(linkCommit(repository, SHA)).toBe(url)
  })

  test.each([
    'http://github.com/acme/agents',
    'https://github.com.evil.example/acme/agents',
    'https://github.com@evil.example/acme/agents',
    'https://me:secret@github.com/acme/agents',
    'javascript:alert(1)//github.com/a/b',
    'https://github.com/acme',
    'https://github.com/acme/%2e%2e/x?y#z"><script>',
    undefined,
    { url: 'https://github.com/acme/agents' },
  ])('of %j has none', (repository) => {
    expect(linkCommit(repository, SHA)).toBeUndefined()
  })

  test('that is not a SHA has none', () => {
    expect(linkCommit('https://github.com/acme/agents', '../../evil')).toBeUndefined()
  })
})

describe('an address', () => {
  const names = fc.constantFrom('status', 'tag', 'env', 'at', 'search')
  const query = fc.dictionary(names, fc.string({ minLength: 1 }))
  const read = (search: string) => Object.fromEntries(new URLSearchParams(search))

  test('changes what is asked for, and nothing else', () => {
    fc.assert(
      fc.property(query, names, fc.option(fc.string(), { nil: undefined }), (given, name, value) => {
        const { [name]: _, ...others } = given
        const next = read(withQuery(`?${new URLSearchParams(given)}`, { [name]: value }))
        expect(next).toEqual(value ? { ...others, [name]: value } : others)
      }),
      { numRuns: 200 },
    )
  })

  test('keeps the environment and the time in every link, unless the link names its own', () => {
    fc.assert(
      fc.property(query, query, (page, own) => {
        const link = carryQuery(`/agents/x?${new URLSearchParams(own)}`, `?${new URLSearchParams(page)}`)
        const { env, at } = page
        const carried = Object.fromEntries(
          Object.entries({ env, at }).filter(([, value]) => value !== undefined),
        )
        expect(read(link.split('?')[1] ?? '')).toEqual({ ...carried, ...own })
      }),
      { numRuns: 200 },
    )
  })
})

describe('a set', () => {
  test('is shown as what came and what went', () => {
    const members = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
    fc.assert(
      fc.property(members, members, (before, after) => {
        const change = compareSets(before, after)
        const added = after.filter((member) => !before.includes(member))
        const removed = before.filter((member) => !after.includes(member))
        if (added.length + removed.length === 0) expect(change).toBeUndefined()
        else expect(change).toEqual({ added, removed, same: after.length - added.length })
      }),
    )
  })

  test('is not an array in which a member occurs twice, or which holds objects', () => {
    expect(compareSets(['a', 'a'], ['a'])).toBeUndefined()
    expect(compareSets([{}], [])).toBeUndefined()
    expect(compareSets(undefined, ['a'])).toEqual({ added: ['a'], removed: [], same: 0 })
  })
})

describe('a time', () => {
  const NOW = Date.parse('2026-11-29T12:00:00Z')
  test.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [61_000, '1 min ago'],
    [59 * 60_000, '59 min ago'],
  ])('%d ms ago is %s', (age, words) => {
    expect(tellTime(NOW - age, NOW)).toBe(words)
  })

  test('of an earlier day has its date, and of another year its year', () => {
    expect(tellTime(NOW - 5 * 86_400_000, NOW)).toMatch(/^24 Nov/)
    expect(tellTime(NOW - 400 * 86_400_000, NOW)).toBe('25 Oct 2025')
  })

  test('is never without words, whatever the clock says', () => {
    fc.assert(
      fc.property(fc.integer(), (age) => {
        expect(tellTime(NOW - age, NOW)).toMatch(/\w/)
      }),
    )
  })

  test.each([
    [1000, 'less than a minute'],
    [12 * 60_000, '12 min'],
    [5 * 3_600_000, '5 h'],
    [72 * 3_600_000, '3 days'],
  ])('a span of %d ms is %s', (ms, words) => {
    expect(tellSpan(ms)).toBe(words)
  })
})

describe('a text', () => {
  test('keeps its beginning when it is folded, and says how many lines it has', () => {
    const line = fc.constantFrom('', 'a', 'word '.repeat(60), '😀'.repeat(500))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 90 }), (lines) => {
        const text = lines.join('\n')
        const folded = foldText(text)
        expect(text.startsWith(folded.shown)).toBe(true)
        expect(folded.shown === text).toBe(!folded.isFolded)
        expect(folded.shown.isWellFormed()).toBe(true)
        expect(folded.shown.length).toBeLessThanOrEqual(7500)
      }),
      { numRuns: 200 },
    )
    expect(foldText('a\n'.repeat(3))).toEqual({ shown: 'a\n'.repeat(3), lines: 3, isFolded: false })
    expect(foldText('a\n'.repeat(300))).toMatchObject({ lines: 300, isFolded: true })
  })

  test('is divided at its variables, and nothing of it is lost', () => {
    const piece = fc.constantFrom('{{name}}', '{{ a.b }}', '{{', '}}', '{', 'text', ' ', '{{a b}}')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const marked = markVariables(text)
        expect(marked.map((one) => one.text).join('')).toBe(text)
        for (const { text: variable, isVariable } of marked)
          if (isVariable) expect(variable).toMatch(/^\{\{\s*[\w.]+\s*\}\}$/)
      }),
    )
    expect(markVariables('Look at {{focus}}.').map(({ isVariable }) => isVariable)).toEqual([
      false,
      true,
      false,
    ])
  })
})

test('risks are counted by level, the highest first', () => {
  expect(countRisks([{ level: 'low' }, { level: 'high' }, { level: 'low' }])).toBe('1 high, 2 low')
  expect(countRisks([])).toBe('')
})

test('settings begin with what is asked for first, and objects are flat where they are small', () => {
  const manifest = {
    license: 'MIT',
    cron: { at: [{ hour: 1 }] },
    model: { name: 'sonnet', params: { temperature: 0.2 } },
    tags: ['a'],
    name: 'x',
  }
  expect(listSettings(manifest, new Set(['name']))).toEqual([
    {
      name: 'model',
      shape: 'pairs',
      pairs: [
        ['name', 'sonnet'],
        ['params.temperature', '0.2'],
      ],
    },
    { name: 'tags', shape: 'members', members: ['a'] },
    { name: 'license', shape: 'text', text: 'MIT' },
    { name: 'cron', shape: 'deep', json: JSON.stringify(manifest.cron, null, 2), size: 1 },
  ])
})

test('a schema is shown by what may be given, and whole', () => {
  const schema = {
    type: 'object',
    required: ['repository'],
    properties: {
      repository: { type: 'string', description: 'owner/name' },
      focus: { enum: ['speed', 1] },
      either: { type: ['string', 'null'] },
      any: true,
    },
  }
  expect(listSettings({ parameters: schema }, new Set())).toEqual([
    {
      name: 'parameters',
      shape: 'schema',
      properties: [
        ['repository', 'string, needed', 'owner/name'],
        ['focus', '"speed" | 1', ''],
        ['either', 'string | null', ''],
        ['any', '', ''],
      ],
      json: JSON.stringify(schema, null, 2),
    },
  ])
})

describe('the moment of an address', () => {
  test.each([
    ['', { env: undefined, at: undefined, isPast: false }],
    ['?at=', { env: undefined, at: undefined, isPast: false }],
    ['?env=pr-12&at=2026-11-01T10:00Z', { env: 'pr-12', at: '2026-11-01T10:00Z', isPast: true }],
    ['?at=2026-11-01T11:00+01:00', { env: undefined, at: '2026-11-01T11:00+01:00', isPast: true }],
    ['?at=2026-11-01T11%3A00%2B01%3A00', { env: undefined, at: '2026-11-01T11:00+01:00', isPast: true }],
    ['?at=nonsense', { env: undefined, at: 'nonsense', isPast: true }],
  ])('%s', (search, moment) => {
    expect(readMoment(search)).toEqual(moment)
  })
})

describe('a long value', () => {
  const json = (version: string) =>
    JSON.stringify([{ type: 'npm', name: 'books', version, transport: 'stdio' }], null, 2)

  test('is shown from the line before the first one that differs', () => {
    const folded = foldValue(json('1.0.0'), json('1.1.0'))
    expect(folded.shown.split('\n').map((line) => line.trim())).toEqual([
      '"name": "books",',
      '"version": "1.0.0",',
      '"transport": "stdio"',
      '}',
    ])
    expect(folded.hidden).toBe(4)
  })

  test('that is short is whole, and no more than its lines are counted as hidden', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(lines, lines, (one, other) => {
        const { shown, hidden } = foldValue(one.join('\n'), other.join('\n'))
        expect(shown.split('\n').length + hidden).toBe(one.length)
        expect(hidden).not.toBe(1)
        expect(one.join('\n')).toContain(shown)
      }),
    )
  })
})
