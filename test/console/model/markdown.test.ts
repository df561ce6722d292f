import { describe, expect, test } from 'vitest'
import type { Inline } from '../../../console/model/texts/markdown-inline.ts'
import { type Block, parseMarkdown } from '../../../console/model/texts/markdown-tree.ts'
import { hostsInPunycode } from '../../../console/model/texts/punycode-hosts.ts'
import fc from '../../harness/fast-check.ts'

const text = (words: string): Inline => ({ type: 'text', text: words })
const paragraph = (...inline: Inline[]): Block => ({ type: 'paragraph', depth: 0, inline })

/** Every link of a tree, and all of its words. */
function contentOf(blocks: readonly Block[]): { urls: string[]; words: string } {
  const urls: string[] = []
  let words = ''
  const takeInline = (part: Inline) => {
    if (part.type === 'link') urls.push(part.url)
    if ('text' in part) words += part.text
    else part.inline.forEach(takeInline)
  }
  const take = (block: Block) => {
    if (block.type === 'quote') block.blocks.forEach(take)
    else if (block.type === 'list') block.items.flat().forEach(take)
    else if (block.type === 'code') words += block.text
    else if (block.type !== 'rule') block.inline.forEach(takeInline)
  }
  blocks.forEach(take)
  return { urls, words }
}

describe('Markdown', () => {
  test.each<[string, Block[]]>([
    ['# Look\nTwice', [{ type: 'heading', depth: 1, inline: [text('Look')] }, paragraph(text('Twice'))]],
    ['one\ntwo\n\nthree', [paragraph(text('one\ntwo')), paragraph(text('three'))]],
    ['```sh\n# not a head\n```\nx', [{ type: 'code', text: '# not a head' }, paragraph(text('x'))]],
    ['```\nopen', [{ type: 'code', text: 'open' }]],
    ['---', [{ type: 'rule' }]],
    ['---\nname: x\n---\n\ny', [{ type: 'code', text: 'name: x' }, paragraph(text('y'))]],
    ['---\nno values\n---', [{ type: 'rule' }, paragraph(text('no values')), { type: 'rule' }]],
    ['| a | b |\n| - | - |', [{ type: 'code', text: '| a | b |\n| - | - |' }]],
    ['> a\n> b', [{ type: 'quote', blocks: [paragraph(text('a\nb'))] }]],
    [
      '3. a\n   - b\n4. c',
      [
        {
          ...{ type: 'list', start: 3 },
          items: [
            [paragraph(text('a')), { type: 'list', start: undefined, items: [[paragraph(text('b'))]] }],
            [paragraph(text('c'))],
          ],
        },
      ],
    ],
    [
      'a **b `c` d** _e_ snake_case_name 2 * 3 * 4 \\*x\\*',
      [
        paragraph(
          text('a '),
          { type: 'strong', inline: [text('b '), { type: 'code', text: 'c' }, text(' d')] },
          ...[text(' '), { type: 'emphasis' as const, inline: [text('e')] }],
          text(' snake_case_name 2 * 3 * 4 *x*'),
        ),
      ],
    ],
    [
      '[a](https://acme.example/b) <b> ![p](https://acme.example/p.png)',
      [
        paragraph(
          { type: 'link', url: 'https://acme.example/b', host: 'acme.example', inline: [text('a')] },
          text(' <b> ![p](https://acme.example/p.png)'),
        ),
      ],
    ],
  ])('%j becomes a tree', (source, tree) => {
    expect(parseMarkdown(source)).toEqual(tree)
  })

  const PIECES = [
    ...[
      '#',
      '>',
      '- ',
      '1. ',
      '```',
      '`',
      '**',
      '_',
      '~~',
      '[',
      '](',
      ')',
      '<',
      '>',
      '|',
      '\n',
      '\n\n',
      '  ',
    ],
    ...[
      'javascript:x',
      'https://a.example',
      'data:x',
      '//b',
      'https://u:p@c',
      '<img src=x>',
      '\\',
      '---',
      'word',
    ],
  ]

  test('no text makes a link that is not to the web, and no letter is lost', () => {
    const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 }))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = `${pieces.join('')}\n\nend`
        const { urls, words } = contentOf(parseMarkdown(source))
        for (const url of urls) expect(url).toMatch(/^https?:\/\/(?!u:p@)/)
        const count = (all: string) => all.split('word').length
        expect(count(words)).toBe(count(source))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    '[',
    '*',
    '**a',
    '_',
    '`',
    '`a``',
    '> ',
    '- ',
    '- a\n',
    '1. \n',
    '\\',
    '<https://',
    '](',
    '|\n',
    '~~~\n',
    '#',
  ])('half a million characters of %j end', (piece) => {
    const began = performance.now()
    for (const many of [piece.repeat(500_000 / piece.length), `x ${piece.repeat(9_000 / piece.length)}`])
      expect(parseMarkdown(many).length).toBeGreaterThan(0)
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})

describe('Punycode', () => {
  test.each<[string, string[]]>([
    ['https://\u0430pi.github.com/x', ['xn--pi-6kc.github.com']],
    ['\u0430pi.github.com', ['xn--pi-6kc.github.com']],
    ['{"url": "https://\u0430pi.github.com:8443/"}', ['xn--pi-6kc.github.com:8443']],
    ['https://api.github.com@\u0430.example/', ['xn--80a.example']],
    ['https://api.github.com/\u0430', []],
    ['api.github.com', []],
    ['Das k\u00f6nnen wir. Gut.', []],
    ['https://\u202e', []],
  ])('the hosts of %j stand as %j', (source, hosts) => {
    expect(hostsInPunycode(source)).toEqual(hosts)
  })
})
