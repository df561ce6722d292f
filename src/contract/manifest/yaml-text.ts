import { type Finding, findingMaker } from '../diagnostic.ts'
import { quoted } from '../fields/shown.ts'
import { CORE_RULES } from '../rules.ts'
import { badValues, tooDeep } from './json-findings.ts'
import type { ParsedText } from './json-text.ts'
import { walkValues } from './json-values.ts'
import { tooDeepForYaml } from './yaml-depth.ts'
import { duplicateKeys } from './yaml-keys.ts'

const makeFinding = findingMaker(CORE_RULES)

/** The package `yaml`. The caller loads it at the first `.yaml` manifest, because most runs never need it. */
export type YamlLibrary = Pick<typeof import('yaml'), 'parseDocument' | 'Lexer'>

/** How often aliases may repeat a node; real manifests repeat only a few. */
const MAX_ALIASES = 50

/** The core schema of YAML 1.2: the values that JSON has, without merge keys and custom tags. */
export const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  // The library compares each key with every other key; `duplicateKeys` runs in linear time.
  uniqueKeys: false,
  prettyErrors: false,
  // A lower level would hide that a text has several documents.
  logLevel: 'error',
} as const

/** Parses a YAML manifest by the rules of `parseJson`. Never throws, whatever the text. */
export function parseYaml(
  text: string,
  file: string,
  limits: { depth: number },
  yaml: YamlLibrary,
): ParsedText {
  const findings: Finding[] = []
  if (text.charCodeAt(0) === 0xfeff) findings.push(byteOrderMark(file))
  const bomb = tooDeepForYaml(text, yaml)
  if (bomb !== undefined)
    return { value: undefined, findings: [...findings, tooDeep({ file, offset: bomb }, limits.depth)] }
  let value: unknown
  try {
    const document = yaml.parseDocument(text, YAML_OPTIONS)
    for (const problem of [...document.errors, ...document.warnings])
      findings.push(yamlProblem(problem, file))
    for (const { key, offset } of duplicateKeys(document.contents))
      findings.push(
        makeFinding(
          'NOFX_JSON_DUPLICATE_KEY',
          { file, offset },
          `${file} has the key ${quoted(key)} more than once in one place`,
          'keep one of them',
        ),
      )
    if (document.errors.length) return { value: undefined, findings }
    value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    findings.push(thrown(error, file))
    return { value: undefined, findings }
  }
  const { bad } = walkValues(value, limits.depth, true)
  if (bad.some((one) => one.problem === 'depth'))
    return { value: undefined, findings: [...findings, tooDeep({ file, offset: 0 }, limits.depth)] }
  findings.push(...badValues(bad, file, text))
  return { value, findings }
}

/** The finding for a text that starts with a byte order mark. */
export function byteOrderMark(file: string): Finding {
  const message = `${file} starts with a byte order mark`
  return makeFinding('NOFX_JSON_BOM', { file, offset: 0 }, message, 'save it as UTF-8 without BOM')
}

type YamlProblem = { code: string; message: string; pos: [number, number] }

function yamlProblem({ code, message, pos }: YamlProblem, file: string): Finding {
  const place = { file, offset: pos[0] }
  if (code === 'TAG_RESOLVE_FAILED')
    return makeFinding('NOFX_YAML_TAG', place, `${file} uses a tag: ${message}`, 'remove the tag')
  return makeFinding(
    'NOFX_YAML_SYNTAX',
    place,
    `${file} is not valid YAML: ${message}`,
    'fix the syntax here',
  )
}

/** `toJS` throws on alias bombs and on aliases without an anchor. */
function thrown(error: unknown, file: string): Finding {
  if (error instanceof ReferenceError)
    return makeFinding(
      'NOFX_YAML_ALIAS',
      { file, offset: 0 },
      `${file} cannot be expanded: ${error.message}`,
      'write the values out instead of using aliases',
    )
  throw error
}
