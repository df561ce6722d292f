import type { JsonObject } from '../../contract/kind.ts'
import { suspectsSecret } from '../../contract/text/secret-suspicion.ts'
import { SECRET_WORD } from '../../plugins/servers/manifest/secret-name.ts'

/** A value of a client's file as an input of server.json, or why there is no such input. */
export type ReadInput = { input: JsonObject; secret?: true } | { problem: string }

/** How one client writes values. */
export interface ValueWords {
  /** Whether `$NAME` without braces stands for a variable. */
  bare: boolean
  /** The values that a client asks a person for, by their id. */
  inputs: ReadonlyMap<string, JsonObject>
}

const WRITTEN =
  /\$\{\{\s*secrets\.(?<action>\w+)\s*\}\}|\$\{(?:(?:env|input):)?(?<name>[A-Za-z_][\w.-]*)(?::-(?<fallback>[^{}]*))?\}|\$(?<bare>[A-Za-z_]\w*)/g
/** Variables that a client fills with a folder of its own. */
const FOLDERS =
  /^(?:CLAUDE_PLUGIN_ROOT|CLAUDE_PLUGIN_DATA|CLAUDE_PROJECT_DIR|workspaceFolder\w*|userHome|extensionPath|workspacePath|pathSeparator|cwd)$/

/** The variables of a value, and the value with each of them in braces; a text says why that cannot be. */
export function readVariables(
  text: string,
  { bare, inputs }: ValueWords,
): { value: string; variables: JsonObject } | string {
  const variables = new Map<string, JsonObject>()
  let problem: string | undefined
  const parts: string[] = []
  let end = 0
  for (const match of text.matchAll(WRITTEN)) {
    const { action, name, fallback, bare: plain } = match.groups ?? {}
    if (plain !== undefined && !bare) continue
    const variable = action ?? name ?? plain ?? ''
    if (FOLDERS.test(variable)) problem ??= `it needs the folder \${${variable}}, which only its client knows`
    parts.push(text.slice(end, match.index), `{${variable}}`)
    end = match.index + match[0].length
    variables.set(variable, inputs.get(variable) ?? readDefault(variable, fallback))
  }
  const literals = [...parts.filter((_, index) => index % 2 === 0), text.slice(end)]
  if (problem === undefined && literals.some((literal) => /\$\{|\{[^{}]+\}/.test(literal)))
    problem = 'it has braces, which server.json reads as a variable'
  return problem ?? { value: parts.join('') + text.slice(end), variables: Object.fromEntries(variables) }
}

/** A variable without a default is a secret: what is not in the file is the user's. */
function readDefault(name: string, fallback: string | undefined): JsonObject {
  if (fallback === undefined) return { isRequired: true, isSecret: true }
  if (fallback === '') return { isSecret: true }
  return SECRET_WORD.test(name) || suspectsSecret(fallback) ? { isSecret: true } : { default: fallback }
}

/** The value of a header or of a variable, by its name. A literal secret is left out: the user gives it. */
export function readNamed(name: string, raw: unknown, words: ValueWords): ReadInput {
  if (!['string', 'number', 'boolean'].includes(typeof raw)) return { problem: 'its value is not a text' }
  const read = readVariables(String(raw), words)
  if (typeof read === 'string') return { problem: read }
  const { value, variables } = read
  const own = variables[name] as JsonObject | undefined
  if (own && value === `{${name}}`) return { input: { name, ...own } }
  if (Object.keys(variables).length > 0) return { input: { name, value, variables } }
  if (value !== '' && isSecret(name, value))
    return { input: { name, isRequired: true, isSecret: true }, secret: true }
  return { input: value === '' ? { name } : { name, value } }
}

/** Words of a command as arguments of a package. */
export function readArguments(
  words: readonly string[],
  values: ValueWords,
): { inputs: JsonObject[]; hasSecret: boolean } | { problem: string } {
  const inputs: JsonObject[] = []
  let hasSecret = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const next = words[at + 1]
    const isOption = /^--?[A-Za-z][\w-]*$/.test(word) && SECRET_WORD.test(word)
    const isPair = isOption && next !== undefined && !next.startsWith('-')
    const read = readVariables(isPair ? next : word, values)
    if (typeof read === 'string') return { problem: read }
    const isOwn = Object.keys(read.variables).length === 0 && (isPair || holdsSecret(word))
    hasSecret ||= isOwn
    inputs.push({
      ...(isPair ? { type: 'named', name: word } : { type: 'positional' }),
      ...(isOwn ? { isRequired: true, isSecret: true, valueHint: 'secret' } : fillWord(read)),
    })
    if (isPair) at++
  }
  return { inputs, hasSecret }
}

/** An entry of an agent names a secret after the hint. */
function fillWord({ value, variables }: { value: string; variables: JsonObject }): JsonObject {
  const [first] = Object.keys(variables)
  return first === undefined ? { value } : { value, valueHint: first, variables }
}

/** `--token=abc`, `Authorization: Bearer abc`, or a word that looks like a key. */
function holdsSecret(word: string): boolean {
  const [, name = '', value = ''] = /^-{0,2}([\w-]+)\s*[:=]\s*(.+)$/s.exec(word) ?? []
  return isSecret(name, value) || suspectsSecret(word)
}

function isSecret(name: string, value: string): boolean {
  return (
    value !== '' && (SECRET_WORD.test(name) || suspectsSecret(`${name}: ${value}`) || suspectsSecret(value))
  )
}

/** Whether a URL has a password, or a secret in its query. */
export function hasSecretUrl(url: string): boolean {
  if (/^[a-z+]+:\/\/[^/?#]*@/i.test(url) || suspectsSecret(url)) return true
  const query = [...url.matchAll(/[?&]([^=&#]+)=([^&#]+)/g)]
  return query.some(([, name = '', value = '']) => SECRET_WORD.test(name) && !/^\{[^{}]+\}$/.test(value))
}
