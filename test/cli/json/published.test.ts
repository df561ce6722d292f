import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { anyAnswer } from '../../../src/cli/json/answer.ts'
import { DATA } from '../../../src/cli/json/commands.ts'
import { keyOf, publishedSchema } from '../../../src/cli/json/published.ts'
import { errorDocument } from '../../../src/cli/output.ts'
import { FAILURES, Failure, type FailureCode } from '../../../src/contract/failure.ts'
import { evaluate } from '../../../src/contract/schemas/evaluate.ts'
import { Meter } from '../../../src/contract/schemas/meter.ts'
import { resolveSchema } from '../../../src/contract/schemas/resolve.ts'
import { filesUnder, importsOf } from '../../house/sources.ts'
import { listCommands } from '../support/commands.ts'

const PATH = 'docs/schema/cli.json'
const schema = publishedSchema()
const text = `${JSON.stringify(schema, null, 2)}\n`

test('the published schema of --json is the one that the tests of the commands use', () => {
  if (process.env.UPDATE_SCHEMA) writeFileSync(PATH, text)
  const write = 'write it with: UPDATE_SCHEMA=1 npx vitest run test/cli/json/published.test.ts'
  expect(readFileSync(PATH, 'utf8'), `${PATH} is out of date; ${write}`).toBe(text)
})

test('every command with --json has a shape, and every shape has a command', () => {
  const names = listCommands()
    .filter(({ flags }) => Object.hasOwn(flags, 'json'))
    .map(({ words }) => words.join(' '))
  // They print a line for each event or message, and never one document.
  expect(Object.keys(DATA).concat('mcp', 'registry watch').sort()).toEqual(names.sort())
})

test('no command loads the shapes: their types are enough', () => {
  const loading = filesUnder('src')
    .filter((file) => !file.startsWith('src/cli/json/'))
    .flatMap(importsOf)
    .filter(({ to, typeOnly }) => to.startsWith('src/cli/json/') && !typeOnly)
  expect(loading).toEqual([])
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
const fits = (value: unknown, key = 'any') => {
  const resolved = resolveSchema({ ...schema, $ref: `#/$defs/${key}` })
  return evaluate(resolved.root, value, resolved, new Meter(100_000))?.length === 0
}

test('the document of each failure fits the schema', () => {
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    const failure = new Failure(code, 'message', 'hint', { at: 'a:1:1', detail: { a: 1 } })
    const answer = document(errorDocument(failure, [finding]))
    expect(anyAnswer.safeParse(answer).error?.issues, code).toBeUndefined()
    expect(fits(answer), code).toBe(true)
  }
})

test('the published schema has the document of each command', () => {
  for (const name of Object.keys(DATA)) {
    const failed = document(errorDocument(new Failure('USAGE', 'message', 'hint'), []))
    expect(fits(failed, keyOf(name)), name).toBe(true)
    expect(fits({ ok: true, data: { unknown: 1 }, diagnostics: [] }, keyOf(name)), name).toBe(false)
  }
  const data = { name: 'pr-1', removed: true, objects: 2 }
  expect(fits({ ok: true, data, diagnostics: [] }, 'preview-down')).toBe(true)
  expect(fits({ ok: true, data: { ...data, more: 1 }, diagnostics: [] }, 'preview-down')).toBe(false)
})

test.each([
  ['another code', { ok: false, error: { code: 'OTHER', message: 'm', hint: 'h' }, diagnostics: [] }],
  ['no findings', { ok: true, data: {} }],
  ['no data', { ok: true, diagnostics: [] }],
  ['a list as data', { ok: true, data: [], diagnostics: [] }],
  ['a field more', { ok: true, data: {}, diagnostics: [], more: 1 }],
])('a document with %s does not fit', (_what, answer) => {
  expect(anyAnswer.safeParse(answer).success).toBe(false)
  expect(fits(answer)).toBe(false)
})
