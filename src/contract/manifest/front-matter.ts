import { findingMaker } from '../diagnostic.ts'
import { CORE_RULES } from '../rules.ts'
import type { ParsedText } from './json-text.ts'
import { byteOrderMark, parseYaml, type YamlLibrary } from './yaml-text.ts'

const makeFinding = findingMaker(CORE_RULES)

/** Where the parts of a Markdown text are, in UTF-16 code units: its YAML from `start` to `end`, and its body. */
export interface FrontMatterPlace {
  start: number
  end: number
  body: number
}

const OPENING = /^\ufeff?---[ \t]*(?:\n|$)/
const BOM = 0xfeff

/** Whether a file of this name is Markdown, whose manifest is its front matter. */
export function isMarkdown(path: string): boolean {
  return path.endsWith('.md')
}

/** Finds the front matter of a text with LF line ends; undefined if no line opens it, or none closes it. */
export function findFrontMatter(text: string): FrontMatterPlace | undefined {
  const start = OPENING.exec(text)?.[0].length
  if (start === undefined) return undefined
  const closing = /^---[ \t]*$/gm
  closing.lastIndex = start
  const place = closing.exec(text)
  if (!place) return undefined
  const after = place.index + place[0].length
  return { start, end: place.index, body: Math.min(after + 1, text.length) }
}

/** The text below the front matter; the whole text if it has no front matter. */
export function readBody(text: string): string {
  const place = findFrontMatter(text)
  return place ? text.slice(place.body) : text
}

/** Parses the front matter of a Markdown text by the rules of `parseYaml`. Never throws, whatever the text. */
export function parseFrontMatter(
  text: string,
  file: string,
  limits: { depth: number },
  yaml: () => YamlLibrary,
): ParsedText {
  const findings = text.charCodeAt(0) === BOM ? [byteOrderMark(file)] : []
  const place = findFrontMatter(text)
  if (!place) return { value: undefined, findings: [...findings, missing(text, file)] }
  const parsed = parseYaml(text.slice(place.start, place.end), file, limits, yaml())
  for (const one of parsed.findings)
    findings.push(one.offset === undefined ? one : { ...one, offset: one.offset + place.start })
  return {
    value: parsed.value ?? undefined,
    findings: parsed.value === null ? [...findings, empty(file)] : findings,
  }
}

function missing(text: string, file: string) {
  return OPENING.test(text)
    ? makeFinding(
        'NOFX_FRONT_MATTER_MISSING',
        { file, offset: 0 },
        `the front matter of ${file} has no end`,
        'add a line with --- below the last field',
      )
    : makeFinding(
        'NOFX_FRONT_MATTER_MISSING',
        { file, offset: 0 },
        `${file} does not start with front matter`,
        'start it with a line ---, the fields, and another line ---',
      )
}

function empty(file: string) {
  return makeFinding(
    'NOFX_FRONT_MATTER_MISSING',
    { file, offset: 0 },
    `the front matter of ${file} has no fields`,
    'write the fields between the two lines ---',
  )
}
