import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type Located, REFUSED_IN_MESSAGES, refusedIn } from './refused-turns.ts'
import { filesUnder } from './sources.ts'

/** What a file can print: its strings and the fixed parts of its templates, each with its line. */
function textsOf(path: string, text: string): Located[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Located[] = []
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

const refusedOf = (texts: readonly Located[]): string[] => refusedIn(texts, REFUSED_IN_MESSAGES)

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
