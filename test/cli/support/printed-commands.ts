import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { filesUnder } from '../../house/sources.ts'

const SCHEMAS = 'supabase/schemas'

/** A text that the sources may print, with `<value>` for each value that is put in. */
export interface PrintedText {
  path: string
  line: number
  text: string
  /** Part of a description, which explains a command and proposes none. */
  isHelp?: boolean
}

/** Every text of the sources that a person may see: literals of TypeScript and of SQL. */
export function printedTexts(): PrintedText[] {
  return [
    ...filesUnder('src').flatMap(textsOf),
    ...readdirSync(SCHEMAS).flatMap((file) => textsOfSql(`${SCHEMAS}/${file}`)),
  ]
}

function textsOf(path: string): PrintedText[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const texts: PrintedText[] = []
  const add = (node: ts.Node, text: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart())
    texts.push({ path, line: line + 1, text, isHelp: isHelp(node) })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) add(node, node.text)
    if (ts.isTemplateExpression(node))
      add(
        node,
        node.templateSpans.reduce((text, span) => `${text}<value>${span.literal.text}`, node.head.text),
      )
    ts.forEachChild(node, visit)
  }
  visit(source)
  return texts
}

const HELP = /^(?:summary|description|examples|usage)$/

/** Whether a text is in a property or a call that describes something. */
function isHelp(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if ((ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at)) && HELP.test(at.name.getText()))
      return true
    if (ts.isCallExpression(at)) return at.expression.getText().endsWith('.describe')
    if (ts.isStatement(at)) return false
  }
  return false
}

function textsOfSql(path: string): PrintedText[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, index) => {
    if (line.trimStart().startsWith('--')) return []
    const texts = [...line.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text)
    return texts.map((text) => ({ path, line: index + 1, text: text.replaceAll(/%%?s/g, '<value>') }))
  })
}

/** The commands of a text that a reader would copy: at its start, or behind a colon. */
export function commandsIn(text: string): string[] {
  const starts = text.matchAll(
    /(?:^|: |^ *\w+ {2,})(?:npx |node_modules\/\.bin\/)?(nofx [a-z][^;,()\n]*?)(?= or: |[;,()\n]|$)/gm,
  )
  return [...starts].map(([, command = '']) => command.trim().replace(/\.$/, ''))
}

/** What stands before a command: the start of a line, a colon, a bracket, or a word that says to run it. */
const START = String.raw`(?:^|: |\(|\`|^ *\w+ {2,}|^ +(?:\w+ )??|\b(?:with|run|until) )`
const NOFX = String.raw`(?:npx |node_modules\/\.bin\/)?nofx (?:[a-z<]|--)`
const GIT =
  'git (?:init|add|commit|status|fetch|log|lfs|fsck|config|rev-list|rev-parse|ls-tree|sparse-checkout)(?![a-z-])'
const OTHERS = String.raw`npx (?!nofx )[a-z<]|npm (?:install|run) |(?:rm|mv|kill|unset|curl) \S|export [A-Z]|ulimit -|(?:supabase|vercel) [a-z]`
const WORD = String.raw`"(?:[^"\n]|\\")*"|'[^'\n]*'|\\.|[^;,()\`"'\\\n]`
/** Up to the end of its words. A quoted word may hold anything. */
const LINE = new RegExp(`${START}((?:${NOFX}|${GIT}|${OTHERS})(?:(?! or: |  )(?:${WORD}))*)`, 'gm')

/** The command lines of a text, of NOFX and of other tools, as a reader would copy them. */
export function linesIn(text: string): string[] {
  return [...text.matchAll(LINE)].map(([, line = '']) =>
    line.trim().replace(/[.:]$/, '').replace(/\*\*$/, ''),
  )
}
