import { describe, expect, test } from 'vitest'
import { formatGithub } from '../../../src/core/formats/github.ts'
import fc from '../../harness/fast-check.ts'
import { context, example } from './support/samples.ts'

/** What GitHub's runner reads: the properties and the message, with the escapes undone. */
function read(line: string) {
  const [, severity, properties = '', data = ''] = /^::(\w+) ([^:]*)::(.*)$/s.exec(line) ?? []
  const undo = (text: string) =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  const values = properties.split(',').map((pair) => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), undo(pair.slice(at + 1))]
  })
  return { severity, ...Object.fromEntries(values), data: undo(data) }
}

test('the runner reads back the finding that was written, whatever its texts are', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ':', ',', '%', '=', '\n', '\r', '0', 'A', '2', 'C'),
    maxLength: 12,
  })
  fc.assert(
    fc.property(text, text, text, text, (path, rule, message, hint) => {
      const line = formatGithub([{ ...example, path, rule, message, hint }], context)
      expect(line).not.toMatch(/[\r\n]/)
      expect(read(line)).toEqual({
        severity: 'error',
        file: path,
        line: '14',
        col: '7',
        title: rule,
        data: `${message}\nhint: ${hint}`,
      })
    }),
    { numRuns: 200 },
  )
})

test.each(['\u0000', '\u0009', '\u000b', '\u001b', '\u007f', '\u0085', '\u2028', '\u2029'])(
  'the character %j, which a reader could take for an end of a line or an escape, is replaced',
  (sign) => {
    const line = formatGithub([{ ...example, message: `a${sign}b` }], context)
    expect(line).toContain('a\ufffdb')
    expect(line).not.toContain(sign)
  },
)

describe('the path of an annotation', () => {
  test.each([
    ['', 'a/b.json', 'a/b.json'],
    ['', '../b.json', '../b.json'],
    ['apps/web', 'a/b.json', 'apps/web/a/b.json'],
    ['apps/web', './a/b.json', 'apps/web/a/b.json'],
    ['apps/web', '../api/b.json', 'apps/api/b.json'],
    ['apps/web', '../../b.json', 'b.json'],
    ['apps/web', '../../../b.json', '../b.json'],
    ['apps/web', '/etc/b.json', '/etc/b.json'],
  ])('from the folder %j, %j is %j', (inRepository, path, shown) => {
    expect(read(formatGithub([{ ...example, path }], { ...context, inRepository }))).toMatchObject({
      file: shown,
    })
  })

  test('goes up only at its start', () => {
    const part = fc.constantFrom('a', 'b', '..', '.')
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const finding = { ...example, path: parts.join('/') }
        const { file } = read(formatGithub([finding], { ...context, inRepository: 'x/y' })) as {
          file: string
        }
        expect(file).toMatch(/^(\.\.\/)*(\.\.|[abxy](\/[abxy])*)?$/)
      }),
      { numRuns: 200 },
    )
  })
})
