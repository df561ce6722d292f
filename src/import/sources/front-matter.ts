import type { Document, Node, Scalar } from 'yaml'
import type { Finding } from '../../contract/diagnostic.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { tooDeepForYaml } from '../../contract/manifest/yaml-depth.ts'
import { type ForeignFile, importFinding } from './format.ts'
import { loosen } from './loose-fields.ts'

/** The longest front matter in UTF-16 code units. A longer text is not front matter, and parsing it would take long. */
const MAX_LENGTH = 32 * 1024
const MAX_DEPTH = 16
/** Front matter as plain JSON, and the body after it, byte for byte. */
export interface FrontMatter {
  data: JsonObject
  body: string
  /** Where a field's value starts in the file; the front matter's start when it has no such field. */
  findOffset(key: string): number
  /** Fields that were read as plain text because they are no valid YAML. */
  loose: string[]
}

/**
 * Reads a file's front matter. Whatever is wrong with it is one finding, with its place.
 * @param verbatim fields that the original tool reads as the text they are, whatever YAML makes of them
 * @param isField names, beside the common ones, that end a description over several lines
 */
export async function readFrontMatter(
  file: ForeignFile,
  verbatim: readonly string[] = [],
  isField: (name: string) => boolean = () => false,
): Promise<FrontMatter | Finding> {
  const opened = /^---[ \t]*\n/.exec(file.text)
  if (!opened)
    return refuse(file, 0, 'the front matter is missing', 'start the file with "---", fields and "---"')
  const start = opened[0].length
  const closing = /^---[ \t]*(?:\n|$)/m.exec(file.text.slice(start))
  if (!closing) return refuse(file, 0, 'the front matter is never closed', 'end it with a line "---"')
  if (closing.index > MAX_LENGTH)
    return refuse(
      file,
      0,
      `the front matter has ${closing.index} characters, more than ${MAX_LENGTH}`,
      'shorten it',
    )
  const text = file.text.slice(start, start + closing.index)
  const body = file.text.slice(start + closing.index + closing[0].length)
  const { rest, fields } = takeVerbatim(text, verbatim)
  const yaml = await import('yaml')
  const bomb = tooDeepForYaml(rest, yaml)
  if (bomb !== undefined)
    return refuse(file, start + bomb, 'the front matter nests too deeply to be read', 'write plain fields')
  const matter = parse({ file, start, text: rest, body, isField }, yaml)
  return 'rule' in matter ? matter : { ...matter, data: { ...matter.data, ...fields } }
}

/** Takes fields out as they are written, and leaves blanks, so that every other place stays what it was. */
function takeVerbatim(
  text: string,
  keys: readonly string[],
): { rest: string; fields: Record<string, string> } {
  const fields: Record<string, string> = {}
  const rest = text.replace(/^([\w-]+):[ \t]+(?!["'|>])(\S.*)$/gm, (line, key: string, value: string) => {
    if (!keys.includes(key) || Object.hasOwn(fields, key)) return line
    fields[key] = value.trim()
    return `${key}:`.padEnd(line.length)
  })
  return { rest, fields }
}

type YamlModule = typeof import('yaml')

interface MatterSource {
  file: ForeignFile
  /** Where `text` starts in the file. */
  start: number
  text: string
  body: string
  isField: (name: string) => boolean
}

function parse({ file, start, text, body, isField }: MatterSource, yaml: YamlModule): FrontMatter | Finding {
  const strict = parseDocument(text, yaml)
  const { document, loose } = isPlain(strict, yaml)
    ? { document: strict, loose: [] }
    : parseLoosely(text, strict, isField, yaml)
  const [error] = document.errors.length > 0 ? strict.errors : document.warnings
  if (error) {
    const [what = ''] = error.message.split('\n')
    return refuse(
      file,
      start + error.pos[0],
      `the front matter is not valid YAML: ${what}`,
      'fix it, or quote the value',
    )
  }
  if (!yaml.isMap(document.contents))
    return refuse(file, start, 'the front matter has no fields', 'write "name: …" and "description: …"')
  const odd = findOddity(document, yaml)
  if (odd) return refuse(file, start + odd.offset, `the front matter has ${odd.what}`, odd.hint)
  return {
    data: document.toJS({ maxAliasCount: 0 }) as JsonObject,
    body,
    loose,
    findOffset: (key) => start + ((strict.getIn([key], true) as Node | undefined)?.range?.[0] ?? 0),
  }
}

/** Reads what YAML cannot as text, field by field; the strict document where that does not help. */
function parseLoosely(
  text: string,
  strict: Document.Parsed,
  isField: (name: string) => boolean,
  yaml: YamlModule,
): { document: Document.Parsed; loose: string[] } {
  const isTooDeep = (changed: string) => tooDeepForYaml(changed, yaml) !== undefined
  const isBad = (lines: string, key: string): boolean => {
    // Without the lines around them, lines inside of a text may nest.
    if (isTooDeep(lines)) return true
    const alone = parseDocument(lines, yaml)
    return key === 'name' ? alone.errors.length > 0 : !isPlain(alone, yaml)
  }
  const { text: quoted, loose } = loosen(text, isBad, isField)
  const document = loose.length > 0 && !isTooDeep(quoted) ? parseDocument(quoted, yaml) : strict
  return document.errors.length > 0 ? { document: strict, loose: [] } : { document, loose }
}

function isPlain(document: Document.Parsed, yaml: YamlModule): boolean {
  return document.errors.length + document.warnings.length === 0 && !findOddity(document, yaml)
}

function parseDocument(text: string, yaml: YamlModule): Document.Parsed {
  return yaml.parseDocument(text, {
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
    schema: 'core',
  })
}

interface MatterOddity {
  offset: number
  what: string
  hint: string
}

/** Finds what plain fields never have. Numbers that JSON cannot hold become the text they were written as. */
function findOddity(document: Document.Parsed, yaml: YamlModule): MatterOddity | undefined {
  let odd: MatterOddity | undefined
  const stop = (node: Node, what: string, hint: string): symbol => {
    odd = { offset: node.range?.[0] ?? 0, what, hint }
    return yaml.visit.BREAK
  }
  yaml.visit(document, {
    Alias: (_key, node) => stop(node, `the alias *${node.source}`, 'write the value out'),
    Node: (key, node, path) => {
      if (node.anchor !== undefined) return stop(node, `the anchor &${node.anchor}`, 'write the value out')
      if (path.length > MAX_DEPTH * 2) return stop(node, `more than ${MAX_DEPTH} levels`, 'flatten it')
      if (!yaml.isScalar(node)) return undefined
      if (key === 'key' && node.value === '__proto__')
        return stop(node, 'the key "__proto__"', 'rename the key')
      keepNumber(node)
      return undefined
    },
  })
  return odd
}

function keepNumber(node: Scalar): void {
  if (typeof node.value !== 'number') return
  const exact = Number.isInteger(node.value) ? Number.isSafeInteger(node.value) : Number.isFinite(node.value)
  if (!exact) node.value = node.source ?? String(node.value)
}

function refuse(file: ForeignFile, offset: number, message: string, hint: string): Finding {
  return importFinding('NOFX_IMPORT_FRONT_MATTER', { file: file.path, offset }, message, hint)
}
