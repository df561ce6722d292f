import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { evaluate } from '../../../src/contract/schemas/evaluate.ts'
import { resolveSchema } from '../../../src/contract/schemas/resolve.ts'

interface Group {
  description: string
  schema: JsonObject | boolean
  tests: { description: string; data: unknown; valid: boolean }[]
}

const SUITE = 'test/fixtures/json-schema-test-suite/draft2020-12.json'
const suite = JSON.parse(readFileSync(SUITE, 'utf8')) as Record<string, Group[]>

/**
 * The parts of the draft that NOFX refuses, each with its rule: other documents, dynamic scopes and other dialects.
 */
const REFUSED = [
  /^NOFX_JSON_SCHEMA_REMOTE: /,
  /^NOFX_JSON_SCHEMA: \S*\$dynamic(Ref|Anchor) is not supported/,
  /^NOFX_JSON_SCHEMA: \$schema must be /,
]
/** Numbers of refused groups by file; every other group is evaluated. */
const REFUSED_GROUPS = { anchor: 1, defs: 1, dynamicRef: 17, id: 3, ref: 2, refRemote: 14, vocabulary: 2 }

function refusalsOf(schema: JsonObject): string[] {
  const findings: Finding[] = []
  checkJsonSchema(schema, 'a.json', [], findings)
  return findings.map(({ rule, message }) => `${rule}: ${message}`)
}

describe('the required cases of JSON-Schema-Test-Suite, draft 2020-12', () => {
  test.each(Object.entries(suite))('%s: each verdict is the expected one', (name, groups) => {
    const wrong: string[] = []
    let refused = 0
    for (const { description, schema, tests } of groups) {
      // A manifest's schema is an object.
      const whole = typeof schema === 'boolean' ? { allOf: [schema] } : schema
      const refusals = refusalsOf(whole)
      if (refusals.length > 0) {
        refused++
        const others = refusals.filter((refusal) => !REFUSED.some((known) => known.test(refusal)))
        expect({ description, others }).toEqual({ description, others: [] })
        continue
      }
      const resolved = resolveSchema(whole)
      for (const one of tests)
        if ((evaluate(resolved.root, one.data, resolved)?.length === 0) !== one.valid)
          wrong.push(`${description}: ${one.description}`)
    }
    expect(wrong).toEqual([])
    expect(refused).toBe(REFUSED_GROUPS[name as keyof typeof REFUSED_GROUPS] ?? 0)
  })
})
