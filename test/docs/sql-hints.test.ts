import { expect, test } from 'vitest'
import { listCommands } from '../cli/support/commands.ts'
import { schemaTexts } from '../house/sql-texts.ts'
import { unknownIn } from './nofx-calls.ts'

const calls = schemaTexts().flatMap(({ at, text, what }) => {
  const [, words] = /\bnofx ([a-z].*)/.exec(text) ?? []
  return what === 'literal' && words ? [{ at, words: words.replaceAll(/%+[sIL]/g, '<x>') }] : []
})

test('hints of SQL functions name commands and flags that exist', () => {
  expect(calls.length).toBeGreaterThan(15)
  const unknown = calls.flatMap(({ at, words }) =>
    unknownIn({ line: 0, text: words }, listCommands()).map((problem) => `${at} ${problem}`),
  )
  expect(unknown).toEqual([])
})
