import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkOutputs, readOutputFile, readStdout } from '../../../src/worker/run/outputs.ts'

const root = mkdtempSync(join(tmpdir(), 'nofx-outputs-'))
const workdir = join(root, 'work')
mkdirSync(workdir)
writeFileSync(join(workdir, 'report.md'), 'fine')
writeFileSync(join(root, 'outside.md'), 'not yours')
symlinkSync(join(root, 'outside.md'), join(workdir, 'link.md'))
afterAll(() => rmSync(root, { recursive: true }))

describe('the outputs of a runner', () => {
  it.each([
    ['{"a": 1}', 0, ['a', 'b'], { outputs: { a: 1 } }],
    ['plain words\n', 0, ['a'], { outputs: { a: 'plain words' } }],
    ['[1, 2]', 0, ['a'], { outputs: { a: '[1, 2]' } }],
    ['plain words', 0, [], { outputs: {} }],
    ['', 0, ['a', 'b'], { outputs: {} }],
    ['plain words', 0, ['a', 'b'], { problem: 'it printed text, and the step has the outputs a, b' }],
    ['{"a": 1}', 5, ['a'], { outputs: { a: '{"a": 1}' } }],
    [
      `{"a": ${'['.repeat(500)}${']'.repeat(500)}}`,
      0,
      ['a'],
      { problem: 'its outputs have more than 100 levels' },
    ],
  ])('outputs are read from stdout: %.40s with %i bytes lost for %j', (text, dropped, names, read) => {
    expect(readStdout(Buffer.from(text), dropped, names)).toEqual(read)
  })

  it.each([
    ['{"a": [1]}', { outputs: { a: [1] } }],
    ['', { outputs: {} }],
    ['[1]', { problem: 'its output file does not hold a JSON object' }],
    ['{"a":', { problem: 'its output file does not hold a JSON object' }],
    [`{"a": ${'['.repeat(99)}${']'.repeat(99)}}`, { outputs: { a: expect.any(Array) } }],
    [
      `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      { problem: 'its outputs have more than 100 levels' },
    ],
    [`{"a": "${'x'.repeat(1024 * 1024)}"}`, { problem: 'its output file has more than 1048576 bytes' }],
  ])('outputs are read from their file: %.20s', (text, read) => {
    const path = join(root, 'output.json')
    writeFileSync(path, text)
    expect(readOutputFile(path)).toEqual(read)
    expect(readOutputFile(join(root, 'none'))).toEqual({ outputs: {} })
    expect(readOutputFile(root)).toEqual({ problem: 'its output file is not a file' })
  })

  const schema = { type: 'object', properties: { n: { $ref: '#/$defs/n' } }, $defs: { n: { minimum: 3 } } }
  it.each([
    ['text', 'words', {}],
    ['text', '', {}],
    ['url', 'https://example.com/a', {}],
    ['pr', 'acme/shop#12', {}],
    ['pr', 'https://github.com/acme/shop/pull/12', {}],
    ['file', 'report.md', {}],
    ['file', undefined, { path: 'report.md' }],
    ['json', { n: 3, more: true }, { schema }],
    ['json', [1], {}],
    ['text', undefined, { required: false }],
    ['text', null, { required: false }],
  ] as const)('an output of the type %s may be %j', (type, value, rest) => {
    const expected = { id: 'x', type, fromStep: 's', required: true, ...rest }
    const given = value === undefined ? {} : { x: value }
    const read = checkOutputs(given, [expected], workdir)
    expect(read).toEqual({ outputs: { ...given, ...('path' in rest ? { x: rest.path } : {}) } })
  })

  it.each([
    ['text', undefined, {}, 'is missing'],
    ['text', 7, {}, 'must be a text'],
    ['text', 7, { required: false }, 'must be a text'],
    ['url', 'javascript:alert(1)', {}, 'must be an absolute http(s) URL'],
    ['pr', 'the one from yesterday', {}, 'must be a pull request'],
    ['file', 'nothing.md', {}, 'does not name a file in the working folder'],
    ['file', '../outside.md', {}, 'does not name a file in the working folder'],
    ['file', 'link.md', {}, 'does not name a file in the working folder'],
    ['file', '.', {}, 'does not name a file in the working folder'],
    ['file', undefined, { path: 'nothing.md' }, 'is missing'],
    ['json', { n: 2 }, { schema }, 'does not follow its schema (minimum at #/n)'],
    [
      'json',
      { n: { b: 1 } },
      { schema: { properties: { n: { required: ['a', 'b', 'c'] } } } },
      'does not follow its schema (required "a", "c" at #/n)',
    ],
  ] as const)('an output of the type %s is refused when it is %j', (type, value, rest, problem) => {
    const expected = { id: 'x', type, fromStep: 's', required: true, ...rest }
    const given = value === undefined ? {} : { x: value }
    expect(checkOutputs(given, [expected], workdir)).toEqual({ problem: `its output x ${problem}` })
  })
})
