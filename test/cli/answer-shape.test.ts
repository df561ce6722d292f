import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerSchema, answerShape } from '../../src/cli/answer-shape.ts'
import { errorDocument } from '../../src/cli/output.ts'
import { FAILURES, Failure, type FailureCode } from '../../src/contract/failure.ts'
import { evaluate } from '../../src/contract/schemas/evaluate.ts'
import { Meter } from '../../src/contract/schemas/meter.ts'
import { resolveSchema } from '../../src/contract/schemas/resolve.ts'

const PATH = 'docs/schema/cli/answer.json'
const text = `${JSON.stringify(answerSchema(), null, 2)}\n`

test('the published schema of --json is the one that the tests of the commands use', () => {
  if (process.env.UPDATE_SCHEMA) writeFileSync(PATH, text)
  const write = 'write it with: UPDATE_SCHEMA=1 npx vitest run test/cli/answer-shape.test.ts'
  expect(readFileSync(PATH, 'utf8'), `${PATH} is out of date; ${write}`).toBe(text)
})

const finding = {
  path: 'a',
  line: 1,
  column: 1,
  severity: 'error',
  rule: 'R',
  message: 'm',
  hint: 'h',
} as const
const document = (value: unknown) => JSON.parse(JSON.stringify(value))
const fits = (value: unknown) => {
  const resolved = resolveSchema(answerSchema())
  return evaluate(resolved.root, value, resolved, new Meter(100_000))?.length === 0
}

test('the document of each failure fits the schema', () => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    const failure = new Failure(code, 'message', 'hint', { at: 'a:1:1', detail: { a: 1 } })
    const answer = document(errorDocument(failure, [finding]))
    expect(answerShape.safeParse(answer).error?.issues, code).toBeUndefined()
    expect(fits(answer), code).toBe(true)
  }
})

test.each([
  ['another code', { ok: false, error: { code: 'OTHER', message: 'm', hint: 'h' }, diagnostics: [] }],
  ['no findings', { ok: true, data: {} }],
  ['no data', { ok: true, diagnostics: [] }],
  ['a list as data', { ok: true, data: [], diagnostics: [] }],
  ['a field more', { ok: true, data: {}, diagnostics: [], more: 1 }],
])('a document with %s does not fit', (_what, answer) => {
  expect(answerShape.safeParse(answer).success).toBe(false)
  expect(fits(answer)).toBe(false)
})
