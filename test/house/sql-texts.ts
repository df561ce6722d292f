import { readFileSync } from 'node:fs'
import { filesUnder } from './sources.ts'

/** A string literal or a comment of an SQL script. */
export interface SqlText {
  line: number
  text: string
  what: 'literal' | 'comment'
}

const TOKEN = /--([^\n]*)|'((?:[^']|'')*)'|"[^"]*"|\$(\w*)\$([\s\S]*?)\$\3\$/g

/** The literals and comments of a script, also those inside of the bodies of functions and of SQL that these make. */
export function sqlTextsOf(script: string, firstLine = 1): SqlText[] {
  return [...script.matchAll(TOKEN)].flatMap((token): SqlText[] => {
    const [, comment, literal, , body] = token
    const line = firstLine + script.slice(0, token.index).split('\n').length - 1
    if (comment !== undefined) return [{ line, text: comment.trim(), what: 'comment' }]
    if (literal !== undefined) return [{ line, text: literal.replaceAll("''", "'"), what: 'literal' }]
    return body === undefined ? [] : sqlTextsOf(body, line)
  })
}

/** The literals and comments of the schema files, each with its place. */
export const schemaTexts = (): { at: string; text: string; what: SqlText['what'] }[] =>
  filesUnder('supabase/schemas', /\.sql$/).flatMap((path) =>
    sqlTextsOf(readFileSync(path, 'utf8')).map(({ line, text, what }) => ({
      at: `${path}:${line}`,
      text,
      what,
    })),
  )
