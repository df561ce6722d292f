import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { isSame, shownList } from '../../../src/contract/fields/compare.ts'
import { agentReference, splitReference } from '../../../src/contract/fields/definition-reference.ts'
import { allUnique, duplicates } from '../../../src/contract/fields/duplicates.ts'
import { hostProblem } from '../../../src/contract/fields/host.ts'
import { definitionId, slugify } from '../../../src/contract/fields/id.ts'
import { checkLicense } from '../../../src/contract/fields/license.ts'
import { relativePath } from '../../../src/contract/fields/relative-path.ts'
import { PRESETS, resolveResources, resourceProfile } from '../../../src/contract/fields/resources.ts'
import { checkRange, EXACT_VERSION } from '../../../src/contract/fields/semver.ts'
import { dotted, masked, quoted } from '../../../src/contract/fields/shown.ts'
import fc from '../../harness/fast-check.ts'

describe('ids of definitions', () => {
  test.each(['ab', 'a1', 'code-reviewer', 'a-1-b', 'a'.repeat(64), 'com10', 'console'])(
    '%s is a valid id',
    (id) => expect(definitionId.safeParse(id).success).toBe(true),
  )
  test.each([
    '',
    'a',
    'A1',
    '1a',
    '-ab',
    'ab-',
    'a--b',
    'a_b',
    'a b',
    'ab\n',
    'aé',
    '\u212Aey',
    'a'.repeat(65),
    'con',
    'com1',
    'lpt9',
    'nul',
  ])('%j is not a valid id', (id) => expect(definitionId.safeParse(id).success).toBe(false))

  test.each([
    ['Code Review', 'code-review'],
    ['  C4 — Größe & Café!  ', 'c4-grosse-cafe'],
    ['42 things', 'things'],
    ['CON', undefined],
    ['日本', undefined],
    ['x', undefined],
  ])('slugify turns %j into %j', (text, id) => expect(slugify(text)).toBe(id))

  test('slugify always returns a valid id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const id = slugify(text)
        expect(id === undefined || definitionId.safeParse(id).success).toBe(true)
      }),
    )
  })
})

describe('paths inside a definition', () => {
  test.each(['a', 'a/b.md', 'a.b/c d.md', '...', '..a/b', 'ä/ö.md', '.hidden'])(
    '%s is a valid path',
    (path) => expect(relativePath.safeParse(path).success).toBe(true),
  )
  test.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    './a',
    '../a',
    'a/..',
    'a/../b',
    'a/./b',
    'a\\b',
    'C:/a',
    'a:b',
    'a\u0000b',
    'a\nb',
  ])('%j is not a valid path', (path) => expect(relativePath.safeParse(path).success).toBe(false))
})

describe('licenses', () => {
  const hints = (license: string) => {
    const findings: Finding[] = []
    checkLicense(license, 'agent.json', findings)
    return findings.map(({ rule, pointer, hint }) => [rule, pointer, hint])
  }
  test.each([
    'MIT',
    'Apache-2.0',
    'GPL-2.0-or-later',
    'MIT OR Apache-2.0',
    '(MIT AND BSD-3-Clause) OR ISC',
    'GPL-3.0-only WITH Classpath-exception-2.0',
    'LicenseRef-Acme',
    'GPL-2.0',
  ])('%s is accepted', (license) => expect(hints(license)).toEqual([]))
  test.each([
    ['mit', 'write "MIT"'],
    ['Apache 2', 'write "Apache-2.0"'],
    ['apache license 2.0', 'write "Apache-2.0"'],
    ['UNLICENSED', 'use an identifier of spdx.org/licenses, or "LicenseRef-<name>" for your own terms'],
    ['MIT OR', 'use an identifier of spdx.org/licenses, or "LicenseRef-<name>" for your own terms'],
    ['(MIT', 'write "MIT"'],
    [' ', 'use an identifier of spdx.org/licenses, or "LicenseRef-<name>" for your own terms'],
    ['('.repeat(250), 'use an identifier of spdx.org/licenses, or "LicenseRef-<name>" for your own terms'],
  ])('%j is refused: %s', (license, hint) =>
    expect(hints(license)).toEqual([['NOFX_LICENSE', ['license'], hint]]),
  )
})

describe('versions', () => {
  test.each(['1.0.0', '1.0.0-0', '1.0.0-a.b-c.1+x.y'])('%s is an exact version', (version) =>
    expect(EXACT_VERSION.test(version)).toBe(true),
  )
  test.each(['1', '1.0', '1.0.0.0', '1.0.0-', '1.0.0+', '1.0.0-a..b', 'v1.0.0', '1.0.0\n'])(
    '%j is not an exact version',
    (version) => expect(EXACT_VERSION.test(version)).toBe(false),
  )
  test.each(['*', '^1', '~1.2', '1.x', '>=1 <3', '1 || 2', '1.2.3 - 2'])('%s is a range', (range) => {
    const findings: Finding[] = []
    expect(checkRange(range, 'a.json', ['x'], findings)).toBe(true)
    expect(findings).toEqual([])
  })
  test.each(['', ' ', 'latest', '^^1', '>=', '1.2.3.4', '1'.repeat(300)])('%j is not a range', (range) => {
    const findings: Finding[] = []
    expect(checkRange(range, 'a.json', ['x', 0], findings)).toBe(false)
    expect(findings).toMatchObject([{ rule: 'NOFX_VERSION_RANGE', file: 'a.json', pointer: ['x', 0] }])
  })
})

test.each([
  ['planner', { id: 'planner' }],
  ['planner@^1 || ^2', { id: 'planner', range: '^1 || ^2' }],
  [{ agentId: 'planner' }, { id: 'planner' }],
  [
    { agentId: 'planner', range: '~1' },
    { id: 'planner', range: '~1' },
  ],
])('the reference %j names %j', (reference, parts) => {
  expect(splitReference(agentReference.parse(reference))).toEqual(parts)
})
test.each(['Planner', 'planner@', 'planner @1', '@1', 'con', { agentId: 'planner', version: '1' }])(
  '%j is not a reference',
  (reference) => expect(agentReference.safeParse(reference).success).toBe(false),
)

describe('resources', () => {
  test.each(Object.entries(PRESETS))(
    'the preset %s is within the limits of custom profiles',
    (name, limits) => {
      expect(resourceProfile.parse(limits)).toEqual(limits)
      expect(resolveResources(name as keyof typeof PRESETS)).toEqual(limits)
    },
  )
  test('a field that a profile leaves out has the standard value', () => {
    expect(resolveResources(undefined)).toEqual(PRESETS.standard)
    expect(resolveResources({ gpu: 2 })).toEqual({ ...PRESETS.standard, gpu: 2 })
  })
})

describe('addresses from DNS', () => {
  test.each([
    ['93.184.216.34', undefined],
    ['2606:4700::1', undefined],
    ['example.com', undefined],
    ['10.1.2.3', 'private'],
    ['::1', 'loopback'],
    ['::', 'reserved'],
    ['::ffff:192.168.0.1', 'private'],
    ['fe80::1%eth0', 'reserved'],
    ['fd00:ec2::254', 'cloud metadata'],
    ['64:ff9b::8.8.8.8', 'reserved'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'reserved'],
    ['localhost', 'loopback'],
    ['', 'internal'],
  ])('%s: %s', (host, problem) => expect(hostProblem(host)).toBe(problem))
})

describe('duplicates in lists', () => {
  test.each([
    [[], []],
    [['a', 'b'], []],
    [
      ['a', 'b', 'a', 'a'],
      [
        { index: 2, first: 0 },
        { index: 3, first: 0 },
      ],
    ],
  ])('%j repeats %j', (values, expected) => {
    expect([...duplicates(values)]).toEqual(expected)
    expect(allUnique(values)).toBe(expected.length === 0)
  })
  test('allUnique agrees with duplicates for lists of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2 }), { maxLength: 40 }), (values) => {
        expect(allUnique(values)).toBe([...duplicates(values)].length === 0)
      }),
    )
  })
})

describe('values in messages', () => {
  test('pointers are shown as dotted paths', () => {
    expect(dotted(['skills', 0, 'id'])).toBe('skills[0].id')
    expect(dotted([])).toBe('')
  })
  test('long values are shortened', () => {
    expect(quoted('a"b')).toBe('"a\\"b"')
    expect(quoted('x'.repeat(500)).length).toBeLessThanOrEqual(80)
  })
  test('at most six characters of a secret are shown', () => {
    expect(masked('abcdefgh')).toBe('"abcdef…"')
    expect(masked('abcdef')).toBe('"…"')
  })
  test('lists are shown in full', () => {
    expect(shownList(['a', 'b c'])).toBe('a "b c"')
    expect(shownList([...'abcdefgh'])).toBe('a b c d e f g h')
    expect(shownList(['x'.repeat(500), `x y${'z'.repeat(500)}`])).toHaveLength(1_006)
  })
})

test('values are equal whatever the order of their keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(isSame(value, JSON.parse(JSON.stringify(value)))).toBe(true)
    }),
  )
  expect(isSame({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true)
  expect(isSame([1, 2], [2, 1])).toBe(false)
  expect(isSame({ a: undefined }, { b: undefined })).toBe(false)
  expect(isSame([], {})).toBe(false)
})
