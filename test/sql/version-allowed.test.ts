import semver from 'semver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../harness/database.ts'
import { createPgliteDatabase } from '../harness/pglite.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { allowedBy } from './support/wanted-references.ts'

const CASES = 4000
const NUMBERS = ['0', '1', '2', '9', '10', '11', '9007199254740990']
const IDENTIFIERS = ['0', '1', '2', '10', 'alpha', 'beta', 'Beta', 'alpha-x', '-', '0a', 'rc', '99999999999']

function version(random: Random): string {
  const core = Array.from({ length: 3 }, () => pick(random, NUMBERS.slice(0, random() < 0.98 ? 4 : 7))).join(
    '.',
  )
  const identifiers = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, IDENTIFIERS))
  const prerelease = random() < 0.45 ? `-${identifiers.join('.')}` : ''
  return core + prerelease + (random() < 0.1 ? '+build.7' : '')
}

const FORMS: readonly ((one: string, two: string) => string)[] = [
  (one) => `^${one}`,
  (one) => `~${one}`,
  (one) => one,
  (one) => `>${one}`,
  (one) => `<=${one}`,
  (one, two) => `>=${one} <${two}`,
  (one, two) => `${one} - ${two}`,
  (one, two) => `^${one} || ~${two}`,
  (one, two) => `<${one} || >=${two}`,
  (one) => `${one.split('.')[0]}.x`,
  (one) => `~${one.split('.').slice(0, 2).join('.')}`,
  () => '*',
  (one, two) => `* || =${one} || ${two}`,
  () => '<0.0.0-0',
]

/** Half of the versions are bounds of the range, where mistakes are likely. */
function cases(random: Random) {
  return Array.from({ length: CASES }, () => {
    const bounds = [version(random), version(random)] as const
    const range = pick(random, FORMS)(...bounds)
    const asked = random() < 0.5 ? pick(random, bounds) : version(random)
    return { version: asked, range, allowed: allowedBy(range), expected: semver.satisfies(asked, range) }
  })
}

describe('a range in SQL', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createPgliteDatabase()
  })
  afterAll(() => db.drop())

  test('allows the versions that node-semver allows', async () => {
    const asked = cases(seeded(3))
    const differing = await db.query(
      `select version, range, expected from jsonb_to_recordset($1::jsonb)
         as c(version text, range text, allowed jsonb, expected boolean)
       where public.registry_version_allowed(version, allowed) is distinct from expected`,
      [asked],
    )
    expect(differing).toEqual([])
    const allowed = asked.filter(({ expected }) => expected).length
    expect(allowed).toBeGreaterThan(CASES / 5)
    expect(allowed).toBeLessThan((CASES * 4) / 5)
    expect(asked.filter((one) => one.expected && one.version.includes('-')).length).toBeGreaterThan(100)
  })

  test('sorts versions as node-semver does', async () => {
    const random = seeded(4)
    const versions = [...new Set(Array.from({ length: 1000 }, () => version(random).split('+')[0]!))]
    const rows = await db.query<{ version: string }>(
      `select v as version from jsonb_array_elements_text($1::jsonb) as v
       order by public.registry_version_key(v) collate "C"`,
      [versions],
    )
    expect(rows.map((row) => row.version)).toEqual([...versions].sort(semver.compare))
  })

  test.each<[string, string | null, unknown]>([
    ['no version', null, [[]]],
    ['an invalid version', '1.2', [[]]],
    ['a word', 'latest', [[]]],
    ['a number that no publisher can count to', '99999999999999999.0.0', [[]]],
    ['a range with unknown sets', '1.0.0', null],
    ['a range without sets', '1.0.0', []],
    ['an unknown operator', '1.0.0', [[{ op: '~', version: '1.0.0' }]]],
    ['a bound that is not a version', '1.0.0', [[{ op: '>=', version: '1' }]]],
    ['a prerelease in a range of all releases', '1.0.0-alpha', [[]]],
  ])('never allows %s', async (_, asked, allowed) => {
    const [row] = await db.query('select public.registry_version_allowed($1, $2) as allowed', [
      asked,
      allowed,
    ])
    expect(row).toEqual({ allowed: false })
  })

  test('without bounds allows every release', async () => {
    const [row] = await db.query(`select public.registry_version_allowed('7.0.0+build', '[[]]') as allowed`)
    expect(row).toEqual({ allowed: true })
  })
})
