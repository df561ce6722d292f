import { micromark } from 'micromark'
import { describe, expect, test } from 'vitest'
import { code, details, fence } from '../../../src/core/comment/markdown.ts'
import { oneLinePrintable, printableText } from '../../../src/core/printable.ts'
import fc from '../../harness/fast-check.ts'

const render = (markdown: string) => micromark(markdown, { allowDangerousHtml: true })
/** Text as a browser shows it: entities become the characters that they stand for. */
const shown = (html: string) =>
  html
    .replace(/&#(\d+);/g, (_all, point: string) => String.fromCodePoint(Number(point)))
    .replace(/&(amp|lt|gt|quot);/g, (_all, name: 'amp') => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name])

describe('inline code', () => {
  test('renders any text as one code element that shows exactly this text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const [, inside] = /^<p>a <code>([^<]*)<\/code> b<\/p>$/.exec(render(`a ${code(text)} b`)) ?? []
        expect(inside).toBeDefined()
        expect(shown(inside ?? '')).toBe(oneLinePrintable(text))
      }),
      { numRuns: 80 },
    )
  })

  test.each(['|', '*', '_', '@', '#', '`', '<', '&', '\\', '[', '!', '~', ':'])(
    'writes %s as a numeric entity, which is text in a table, a heading and a summary',
    (sign) => expect(code(`a${sign}b`)).toBe(`<code>a&#${sign.codePointAt(0)};b</code>`),
  )

  test('leaves letters, digits, blanks, slashes and hyphens readable in the source', () => {
    expect(code('agents/code-reviewer 2')).toBe('<code>agents/code-reviewer 2</code>')
  })
})

describe('a block of code', () => {
  test('ends only at its own fence, however many backticks its lines have', () => {
    const line = fc.string({ unit: fc.constantFrom('`', '~', 'a', ' ', '#', '\n'), maxLength: 30 })
    fc.assert(
      fc.property(line, (text) => {
        const html = render(`${fence(text, 'diff')}\n\nafter`)
        expect(html.match(/<pre>/g)).toHaveLength(1)
        expect(html.endsWith('</code></pre>\n<p>after</p>')).toBe(true)
      }),
      { numRuns: 80 },
    )
  })

  test.each([
    ['no backticks', 'a', 3],
    ['two backticks', 'a `` b', 3],
    ['three backticks', '```', 4],
    ['several runs', '` ````` ``', 6],
  ])('has a fence that is longer than any run inside: %s', (_name, text, ticks) => {
    const lines = fence(text, 'diff').split('\n')
    expect([lines[0], lines.at(-1)]).toEqual([`${'`'.repeat(ticks)}diff`, '`'.repeat(ticks)])
  })

  test('spells out what could steer a terminal', () => {
    const text = 'a\u001b[2Jb\n\tc'
    expect(fence(text, '')).toBe(`\`\`\`\n${printableText(text)}\n\`\`\``)
  })
})

test('a closed block has blank lines around its body, so the body is Markdown again', () => {
  const html = render(details('1 error', '**bold**'))
  expect(html).toBe('<details><summary>1 error</summary>\n<p><strong>bold</strong></p>\n</details>')
})
