import { expect, test } from 'vitest'
import { formatJson } from '../../../src/core/formats/json.ts'
import fc from '../../harness/fast-check.ts'
import { context, example } from './support/samples.ts'

test('a parser reads back exactly the findings that were given, whatever their texts are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const findings = [
        { ...example, path: text, message: `##[error]${text}`, hint: text, pointer: [text, 0] },
      ]
      const json = formatJson(findings, context)
      expect(JSON.parse(json)).toEqual(findings)
      expect(json).not.toContain('##[')
    }),
    { numRuns: 200 },
  )
})

test('no findings are an empty list', () => expect(formatJson([], context)).toBe('[]'))
