import { describe, expect, it } from 'vitest'
import { addItem, addProperty, parseJson } from '../../../src/core/init/add-to-json.ts'
import { addToYaml } from '../../../src/core/init/add-to-yaml.ts'
import fc from '../../harness/fast-check.ts'

describe('a property that is added to JSON', () => {
  it.each([
    ['{}', '{\n  "x": 1\n}'],
    ['{\n}\n', '{\n  "x": 1\n}\n'],
    ['{ "a": 1 }\n', '{ "a": 1, "x": 1 }\n'],
    ['{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"x": 1\n}'],
    ['{\r\n    "a": {}\r\n}\r\n', '{\r\n    "a": {},\r\n    "x": 1\r\n}\r\n'],
    ['{\n  "a": 1, // why\n}\n', '{\n  "a": 1, // why\n  "x": 1\n}\n'],
    ['{\n  "a": 1 // why\n}\n', '{\n  "a": 1, // why\n  "x": 1\n}\n'],
    ['{\n  "a": 1 /* b */ // c\n  // d\n}', '{\n  "a": 1, /* b */ // c\n  "x": 1\n  // d\n}'],
    ['{\n  // a\n}', '{\n  "x": 1\n  // a\n}'],
    ['\ufeff{\n  "a": 1\n}', '\ufeff{\n  "a": 1,\n  "x": 1\n}'],
    ['{\n  "x": 2\n}', '{\n  "x": 2\n}'],
    ['[]', undefined],
    ['{"a":', undefined],
    ['', undefined],
    ['{"a": 1, "a": 2', undefined],
  ])('%j becomes %j', (before, after) => {
    expect(addProperty(before, ['x'], 1)).toBe(after)
  })

  it('makes the objects on its way, and takes nothing else for one', () => {
    const text = '{\n  "scripts": {\n    "a": "b"\n  }\n}\n'
    expect(addProperty(text, ['scripts', 'c'], 'd')).toBe(
      '{\n  "scripts": {\n    "a": "b",\n    "c": "d"\n  }\n}\n',
    )
    expect(parseJson(addProperty(text, ['x', 'y', 'z'], 1) ?? '')).toEqual({
      scripts: { a: 'b' },
      x: { y: { z: 1 } },
    })
    expect(addProperty('{"scripts": "none"}', ['scripts', 'c'], 'd')).toBe(undefined)
    expect(addProperty('{"scripts": {"a": 1}, "scripts": {"b": 1}}', ['scripts', 'c'], 'd')).toBe(undefined)
  })

  it('is the only difference, whatever the document and its comments are', () => {
    const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\n    ')
    const comment = fc.constantFrom('', '/* , } */', '// "x": {\n')
    const layout = fc.record({ before: blank, after: blank, comment, comma: fc.boolean(), inner: comment })
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__x'), fc.jsonValue()),
        layout,
        (data, how) => {
          const pairs = Object.entries(data).map(
            ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
          )
          const body = pairs.join(`,${how.inner}${how.before}`)
          const tail = pairs.length > 0 && how.comma ? ',' : ''
          const text = `{${how.before}${body}${how.comment}${tail}${how.comment}${how.after}}`
          const after = addProperty(text, ['x'], { y: [1] })
          expect(parseJson(after ?? '')).toEqual({ ...data, x: { y: [1] } })
          expect(isWithin(text, after ?? '')).toBe(true)
          expect(addProperty(after ?? '', ['x'], 'other')).toBe(after)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('goes into an array as its last item', () => {
    expect(addItem('{\n  "a": [\n    1 // one\n  ]\n}', ['a'], 2)).toBe(
      '{\n  "a": [\n    1, // one\n    2\n  ]\n}',
    )
    expect(addItem('{ "a": [] }', ['a'], 2)).toBe('{ "a": [\n  2\n] }')
    expect(parseJson(addItem('{}', ['a'], 2) ?? '')).toEqual({ a: [2] })
    expect(addItem('{ "a": {} }', ['a'], 2)).toBe(undefined)
    expect(addItem('{', ['a'], 2)).toBe(undefined)
  })
})

describe('lines that are added to YAML', () => {
  const pair = { keys: ['a', 'b'], lines: ['x:', '  y: 1'], value: { x: { y: 1 } } }
  const item = { keys: ['a'], lines: ['- x: 1'], value: [{ x: 1 }] }
  it.each([
    [pair, '', 'a:\n  b:\n    x:\n      y: 1\n'],
    [pair, '# only a comment', '# only a comment\na:\n  b:\n    x:\n      y: 1\n'],
    [pair, 'c: 1', 'c: 1\na:\n  b:\n    x:\n      y: 1\n'],
    [pair, 'a:\n    c: 1\nd: 2\n', 'a:\n    c: 1\n    b:\n      x:\n        y: 1\nd: 2\n'],
    [
      pair,
      'a:\r\n  b: # why\r\n    c: 1 # that\r\nd: 2\r\n',
      'a:\r\n  b: # why\r\n    c: 1 # that\r\n    x:\r\n      y: 1\r\nd: 2\r\n',
    ],
    [
      pair,
      'a:\n  b:\n    c: |\n      one\n      two\nd: 2\n',
      'a:\n  b:\n    c: |\n      one\n      two\n    x:\n      y: 1\nd: 2\n',
    ],
    [item, 'a:\n- y: 2\n', 'a:\n- y: 2\n- x: 1\n'],
    [item, 'a:\n  - y: 2\n    z: 3\n# end\n', 'a:\n  - y: 2\n    z: 3\n  - x: 1\n# end\n'],
    [item, 'a: []\n', undefined],
    [pair, '{a: 1}', undefined],
    [pair, 'a: {b: {}}', undefined],
    [pair, 'a:\n  b: 1\n', undefined],
    [pair, 'a: [', undefined],
    [pair, '- a\n', undefined],
  ])('to %j', (addition, before, after) => {
    expect(addToYaml(before, addition)).toBe(after)
  })
})

function isWithin(before: string, after: string): boolean {
  let at = 0
  for (const letter of after) if (letter === before[at]) at += letter.length
  return at === before.length
}
