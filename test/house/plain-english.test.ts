import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { proseOf } from './prose.ts'
import { type Located, REFUSED_IN_MESSAGES, REFUSED_IN_PROSE, refusedIn } from './refused-turns.ts'
import { filesUnder } from './sources.ts'
import { schemaTexts, sqlTextsOf } from './sql-texts.ts'

/** The strings of a file and the fixed parts of its templates, which it may print. */
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

const refusedOf = (texts: readonly Located[], refused = REFUSED_IN_MESSAGES): string[] =>
  refusedIn(texts, refused)

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

/** The folders directly in `src` and `test`, and those of scripts. */
function foldersOfProse(): string[] {
  const below = (top: string) => filesUnder(top).map((path) => path.split('/').slice(0, 2).join('/'))
  const folders = [...below('src'), ...below('test')].filter((path) => !path.endsWith('.ts'))
  return [...new Set([...folders, 'scripts', 'bench'])].sort()
}

describe('comments and test names', () => {
  test.each(foldersOfProse())('have no refused turns in %s', (folder) => {
    const files = filesUnder(folder, /\.(?:ts|mjs|cjs)$/)
    const prose = files.flatMap((path) => proseOf(path, readFileSync(path, 'utf8')))
    expect(prose.length, folder).toBeGreaterThan(0)
    expect(refusedOf(prose, REFUSED_IN_PROSE)).toEqual([])
  })

  test('are checked in every folder of src and test', () => {
    expect(foldersOfProse().length).toBeGreaterThan(30)
  })

  test.each([
    '/** Whoever asks for it gets it. */',
    '// A text that\n// is no path of a file.',
    '/**\n * Nobody\n * reads it.\n */',
    'const a = 1 // mended by the next run',
    'f(/* a key of theirs */)',
    'const a = [\n  // The value is none of these.\n]',
    "test('is no success', () => {})",
    "test.each([1])('is seen by nobody', () => {})",
    "describe.skipIf(false)('whoever comes first', () => {})",
  ])('are refused with such a turn: %j', (code) => {
    expect(refusedOf(proseOf('a.ts', `${code}\n`), REFUSED_IN_PROSE)).toHaveLength(1)
  })

  test.each([
    '// There is no draft, and the old one is no longer live.',
    '// A file that is not a manifest.\n\n// Recommended and amended.',
    "const hint = '// nobody' // A string is checked as a message.",
    'const line = /\\/\\/ whoever/',
    `const a = \`nobody // \${b} /* whoever */\``,
    "expect('whoever').toBe('nobody')",
  ])('pass without: %j', (code) =>
    expect(refusedOf(proseOf('a.ts', `${code}\n`), REFUSED_IN_PROSE)).toEqual([]),
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
    const of = (wanted: string) => texts.filter(({ what }) => what === wanted)
    expect(refusedOf(of('literal'))).toEqual([])
    expect(refusedOf(of('comment'), REFUSED_IN_PROSE)).toEqual([])
  })

  test.each([
    ["select f('it''s no use', 'the limit is no count of events');", 1],
    ["do $do$\nbegin\n  execute $sql$ perform f('whoever') $sql$;\nend\n$do$;", 3],
    ['-- Whoever reads this.\nselect 1;', 1],
  ])('are refused with such a turn, at its line: %s', (script, line) => {
    const found = sqlTextsOf(script).filter(({ text }) => REFUSED_IN_PROSE.test(text))
    expect(found.map((text) => text.line)).toEqual([line])
  })

  test.each(["select f('is no longer kept', \"nobody\", 1); select 'ends' from whoever;"])(
    'pass without: %s',
    (script) => expect(sqlTextsOf(script).filter(({ text }) => REFUSED_IN_PROSE.test(text))).toEqual([]),
  )
})
