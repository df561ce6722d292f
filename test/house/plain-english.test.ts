import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { filesUnder } from './sources.ts'
import { schemaTexts, sqlTextsOf } from './sql-texts.ts'

/** Turns that no message may have: each has a plain word, such as "fix" for "mend" and "is not a" for "is no". */
const REFUSED = /\b(?:(?:whoever|nobody|is none|mend)\b|is no (?!longer)(?:[a-z]|$))/i

/** What a file can print: its strings and the fixed parts of its templates, each with its line. */
function textsOf(path: string, text: string): { at: string; text: string }[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: { at: string; text: string }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push({ at: `${path}:${line + 1}`, text: node.text })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const refusedOf = (texts: readonly { at: string; text: string }[]): string[] =>
  texts.flatMap(({ at, text }) => (REFUSED.test(text) ? [`${at} ${text}`] : []))

describe('messages in src', () => {
  const texts = filesUnder('src').flatMap((path) => textsOf(path, readFileSync(path, 'utf8')))

  test('are found: strings and templates of every folder', () => {
    expect(texts.length).toBeGreaterThan(5_000)
  })

  test('have none of the refused turns', () => {
    expect(refusedOf(texts)).toEqual([])
  })

  test.each([
    "fail('mend the file')",
    "const hint = 'mend them and publish again'",
    `fail(\`\${shown} is no path of a file\`)`,
    `fail(\`\${a} of \${b} is none of \${c}\`)`,
    `fail(\`\${text} is no \${what}\`)`,
    "const risk = 'Nobody approves it'",
    'const help = "what whoever runs it needs"',
  ])('are refused with such a turn: %s', (line) => {
    expect(refusedOf(textsOf('a.ts', `${line}\n`))).toHaveLength(1)
  })

  test.each([
    "fail('the secret is no longer valid')",
    `fail(\`\${name} is not a file path\`)`,
    "const amend = 'amended'",
  ])('pass without: %s', (line) =>
    expect(refusedOf(textsOf('a.ts', `// Whoever reads this: mend it.\n${line}\n`))).toEqual([]),
  )
})

describe('messages and comments in supabase/schemas', () => {
  const texts = schemaTexts()

  test('are found: literals and comments of every topic', () => {
    expect(texts.filter(({ what }) => what === 'literal').length).toBeGreaterThan(1_500)
    expect(texts.filter(({ what }) => what === 'comment').length).toBeGreaterThan(300)
    const messages = texts.map(({ text }) => text)
    // In a function, after a quote inside of a message, and in a function that a function makes.
    expect(messages).toContain('the request has no idempotency key')
    expect(messages).toContain("%s have reached their share of this registry's previews: %s")
    expect(messages).toContain('%%s/%%s was changed in production during this publish')
  })

  test('have none of the refused turns', () => {
    expect(refusedOf(texts)).toEqual([])
  })

  test.each([
    ["select f('it''s no use', 'the limit is no count of events');", 1],
    ["do $do$\nbegin\n  execute $sql$ perform f('whoever') $sql$;\nend\n$do$;", 3],
    ['-- Whoever reads this.\nselect 1;', 1],
  ])('are refused with such a turn, at its line: %s', (script, line) => {
    const found = sqlTextsOf(script).filter(({ text }) => REFUSED.test(text))
    expect(found.map((text) => text.line)).toEqual([line])
  })

  test.each(["select f('is no longer kept', \"nobody\", 1); select 'ends' from whoever;"])(
    'pass without: %s',
    (script) => expect(sqlTextsOf(script).filter(({ text }) => REFUSED.test(text))).toEqual([]),
  )
})
