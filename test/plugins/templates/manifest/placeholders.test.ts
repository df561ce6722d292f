import { describe, expect, test } from 'vitest'
import { readPlaceholders, splitText } from '../../../../src/plugins/templates/manifest/placeholders.ts'
import fc from '../../../harness/fast-check.ts'

/** The placeholders of a text as `index:name`, with `!` before a broken one. */
function read(text: string): string[] {
  const { placeholders, broken } = readPlaceholders(text)
  const found = placeholders.map((one) => ({
    index: one.index,
    shown: one.from === 'parameters' ? one.name : `${one.step}/${one.output}`,
  }))
  const bad = broken.map(({ index, source }) => ({ index, shown: `!${source}` }))
  return [...found, ...bad].sort((a, b) => a.index - b.index).map(({ index, shown }) => `${index}:${shown}`)
}

describe('placeholders in a text', () => {
  test.each([
    ['none', 'Plain { text } with }} and { {', []],
    ['a parameter', 'Repo {{parameters.repo}}.', ['5:repo']],
    ['blanks inside', '{{  parameters.repo }}', ['0:repo']],
    ['an output', '{{steps.a-1.outputs.my_out}}', ['0:a-1/my_out']],
    ['several side by side', '{{parameters.a}}{{steps.b.outputs.c}}', ['0:a', '16:b/c']],
    ['a name of JavaScript', '{{parameters.constructor}}', ['0:constructor']],
    ['inside of JSON', '{"a":{{parameters.a}}}', ['5:a']],
    ['three braces: the last two open', '{{{parameters.a}}}', ['1:a']],
    ['five braces', '{{{{{parameters.a}}', ['3:a']],
    ['an escape', '\\{{parameters.a}}', []],
    ['an escape before a placeholder', '\\{{{{parameters.a}}', ['3:a']],
    ['two backslashes escape as well', '\\\\{{parameters.a}}', []],
    ['nothing inside', '{{}}', ['0:!{{}}']],
    ['another language', '{{ name }} {{#if x}}', ['0:!{{ name }}', '11:!{{#if x}}']],
    ['a workflow expression', `\${{ github.sha }}`, ['1:!{{ github.sha }}']],
    ['a part of a parameter', '{{parameters.a.b}}', ['0:!{{parameters.a.b}}']],
    ['no output', '{{steps.a}}', ['0:!{{steps.a}}']],
    ['more than the name of an output', '{{steps.a.outputs.b.c}}', ['0:!{{steps.a.outputs.b.c}}']],
    ['a tab inside', '{{\tparameters.a}}', ['0:!{{\tparameters.a}}']],
    ['a line end inside', '{{parameters\n.a}}', ['0:!{{parameters']],
    ['never closed', 'x {{parameters.a', ['2:!{{parameters.a']],
    ['closed by one brace', '{{parameters.a}', ['0:!{{parameters.a}']],
    ['opened again', '{{ x {{parameters.a}}', ['0:!{{ x {{parameters.a}}', '5:a']],
    ['letters of other scripts', '{{parameters.größe}}', ['0:!{{parameters.größe}}']],
    ['look-alike braces', '｛｛parameters.a｝｝', []],
  ])('%s', (_, text, expected) => expect(read(text)).toEqual(expected))

  test('a long broken placeholder is shown in part', () => {
    const [{ source } = { source: '' }] = readPlaceholders(`{{${'x'.repeat(1000)}}}`).broken
    expect(source).toBe(`{{${'x'.repeat(58)}`)
  })
})

describe('a text split into parts', () => {
  test.each([
    ['', []],
    ['plain', ['plain']],
    ['a {{parameters.x}} b', ['a ', 'x', ' b']],
    ['{{parameters.x}}{{parameters.y}}', ['x', 'y']],
    ['\\{{parameters.x}}', ['{{parameters.x}}']],
    ['a \\{{ b \\{{{{parameters.x}}', ['a {{ b {{', 'x']],
    ['{{{parameters.x}}}', ['{', 'x', '}']],
    ['{{ broken }} {{parameters.x}}', ['{{ broken }} ', 'x']],
  ])('%j', (text, expected) => {
    const shown = splitText(text).map((piece) =>
      typeof piece === 'object' && piece.from === 'parameters' ? piece.name : piece,
    )
    expect(shown).toEqual(expected)
  })

  const noisy = fc.string({
    unit: fc.constantFrom('{', '{{', '}}', '}', '\\', ' ', 'a', '{{parameters.a}}', '\n'),
  })

  test('joined again with the sources, the parts are the text without its escapes', () => {
    fc.assert(
      fc.property(noisy, (text) => {
        const pieces = splitText(text)
        const together = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.source)).join('')
        expect(together).toBe(text.replaceAll('\\{{', '{{'))
        expect(pieces).not.toContain('')
      }),
    )
  })

  test('every source is at its index in the text', () => {
    fc.assert(
      fc.property(noisy, (text) => {
        const { placeholders, broken } = readPlaceholders(text)
        for (const { source, index } of [...placeholders, ...broken])
          expect(text.startsWith(source, index)).toBe(true)
      }),
    )
  })

  test.each([
    '{{',
    '{',
    '{{ ',
    '{{ a',
    '\\{{',
    '{{parameters.',
    '{{}}',
    '}}',
    '{{parameters.a}}',
    '{{ '.padEnd(100),
    '{{parameters.a    ',
  ])('300 kB of %j are read in one pass', (unit) => {
    // Quadratic time would take minutes for each text.
    const text = unit.repeat(Math.ceil(300_000 / unit.length))
    const { placeholders, broken } = readPlaceholders(text)
    expect(placeholders.length + broken.length).toBeLessThanOrEqual(text.length / 2)
  })
})
