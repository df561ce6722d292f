import ts from 'typescript'
import type { Located } from './refused-turns.ts'

interface Range {
  pos: number
  end: number
}

/** The comments and the names of tests in a file. Adjacent lines of `//` are one comment. */
export function proseOf(path: string, text: string): Located[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Located[] = []
  const add = (pos: number, shown: string) => {
    const { line } = source.getLineAndCharacterOfPosition(pos)
    found.push({ at: `${path}:${line + 1}`, text: shown })
  }
  for (const { pos, end } of commentsIn(text, literalsOf(source)))
    add(pos, withoutSigns(text.slice(pos, end)))
  for (const name of testNamesOf(source)) add(name.getStart(source), name.getText(source).slice(1, -1))
  return found
}

/** Strings, parts of templates and regular expressions, in order: a comment's sign in them means nothing. */
function literalsOf(source: ts.SourceFile): Range[] {
  const found: Range[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node) || ts.isRegularExpressionLiteral(node))
      found.push({ pos: node.getStart(source), end: node.getEnd() })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.sort((a, b) => a.pos - b.pos)
}

function commentsIn(text: string, literals: readonly Range[]): Range[] {
  const found: Range[] = []
  const comment = /\/\/.*|\/\*[\s\S]*?\*\//g
  let next = 0
  for (let match = comment.exec(text); match; match = comment.exec(text)) {
    const pos = match.index
    while ((literals[next]?.end ?? Infinity) <= pos) next++
    const literal = literals[next]
    if (literal && literal.pos <= pos) comment.lastIndex = literal.end
    else found.push({ pos, end: comment.lastIndex })
  }
  return joined(found, text)
}

/** Joins comments of `//` that only a line break and indentation separate, so that a sentence stays whole. */
function joined(comments: readonly Range[], text: string): Range[] {
  const found: Range[] = []
  for (const { pos, end } of comments) {
    const last = found.at(-1)
    const isLine = (at: number) => text.startsWith('//', at)
    const isNext = last && isLine(last.pos) && isLine(pos) && /^\n[ \t]*$/.test(text.slice(last.end, pos))
    if (isNext) last.end = end
    else found.push({ pos, end })
  }
  return found
}

function withoutSigns(comment: string): string {
  return comment
    .replace(/^\/\*+|\*\/$/g, '')
    .replace(/^[ \t]*(?:\/\/|\*)/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** The first arguments of `test`, `it` and `describe`. */
function testNamesOf(source: ts.SourceFile): ts.Expression[] {
  const found: ts.Expression[] = []
  const visit = (node: ts.Node): void => {
    const name = ts.isCallExpression(node) && isTest(node.expression) ? node.arguments[0] : undefined
    if (name && (ts.isStringLiteral(name) || ts.isTemplateLiteral(name))) found.push(name)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** True for `test`, and for forms such as `test.each(…)` and `describe.skipIf(…)`. */
function isTest(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return /^(?:test|it|describe|onBothEngines)$/.test(called.text)
  if (ts.isPropertyAccessExpression(called) || ts.isCallExpression(called)) return isTest(called.expression)
  return ts.isTaggedTemplateExpression(called) && isTest(called.tag)
}
