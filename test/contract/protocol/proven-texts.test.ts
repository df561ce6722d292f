import { expect, test } from 'vitest'
import { sha256 } from '../../../src/contract/digest.ts'
import { textProblem } from '../../../src/contract/protocol/proven-texts.ts'
import fc from '../../harness/fast-check.ts'

const fileOf = (path: string, text: string) => ({ path, size: Buffer.byteLength(text), sha256: sha256(text) })
const FILES = [fileOf('agent.json', '{}'), fileOf('prompts/é.md', 'Wörk.\n'), fileOf('assets/x.bin', 'x')]
const TEXTS = { 'agent.json': '{}', 'prompts/é.md': 'Wörk.\n' }

test('the texts of all files outside of assets are those that were published', () => {
  expect(textProblem(TEXTS, FILES)).toBeUndefined()
  expect(textProblem({}, [])).toBeUndefined()
})

test('an asset may come with its text, if that is the text', () => {
  expect(textProblem({ ...TEXTS, 'assets/x.bin': 'x' }, FILES)).toBeUndefined()
  expect(textProblem({ ...TEXTS, 'assets/x.bin': 'y' }, FILES)).toBe(
    'assets/x.bin is not the text that was published',
  )
})

test.each<[string, Record<string, string>, string]>([
  [
    'another text of the same length',
    { ...TEXTS, 'agent.json': '[]' },
    'agent.json is not the text that was published',
  ],
  ['a text of no file', { ...TEXTS, 'more.md': '' }, 'more.md is not the text that was published'],
  ['a text less', { 'agent.json': '{}' }, 'prompts/é.md is missing'],
  [
    'a name that every object has',
    { ...TEXTS, constructor: 'x' },
    'constructor is not the text that was published',
  ],
])('%s is named', (_what, texts, problem) => expect(textProblem(texts, FILES)).toBe(problem))

test('a file of a name that every object has is missing until its text is there', () => {
  const files = [fileOf('toString', 'x')]
  expect(textProblem({}, files)).toBe('toString is missing')
  expect(textProblem({ toString: 'x' } as unknown as Record<string, string>, files)).toBeUndefined()
})

test('any one character that differs is found', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      (text, other) => {
        const problem = textProblem({ 'a.md': other }, [fileOf('a.md', text)])
        expect(problem === undefined).toBe(text === other)
      },
    ),
    { numRuns: 200 },
  )
})
