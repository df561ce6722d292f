import type { Diagnostic, Finding } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import { type JsonObject, PARAMETERS } from '../contract/kind.ts'
import { parseYaml } from '../contract/manifest/yaml-text.ts'
import { readInput } from '../core/disk/read-input.ts'
import { locate } from '../core/validate/locate.ts'
import { readNameValues } from './name-values.ts'

/** Parameters as given by flags, which win, and by a file. */
export interface GivenParameters {
  /** `--param name=value`, by name. */
  flags: Record<string, string>
  file?: { path: string; text: string; values: JsonObject }
}

/** The largest file of parameters, bytes: all parameters together, with room for comments. */
const MAX_BYTES = 1024 * 1024
const DEPTH = 32

/**
 * Reads `--param` flags and a `--params` file (YAML, of which JSON is a part; `-` is stdin).
 * @throws Failure USAGE, INPUT_UNREADABLE, FINDINGS with the place in the file
 */
export async function readParameters(
  flags: readonly string[],
  path: string | undefined,
): Promise<GivenParameters> {
  const values = readNameValues('--param', flags, { empty: true })
  return { flags: values, file: path === undefined ? undefined : await readFile(path) }
}

async function readFile(path: string): Promise<GivenParameters['file']> {
  const text = readText(path)
  const { value, findings } = parseYaml(text, path, { depth: DEPTH }, await import('yaml'))
  const [first] = await locate(findings, { kind: '', id: '', dir: '', texts: new Map([[path, text]]) })
  if (first)
    throw new Failure('FINDINGS', `${first.rule} ${first.message}`, first.hint ?? 'fix the file', {
      at: `${path}:${first.line}:${first.column}`,
    })
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure('FINDINGS', `${path} holds no parameters`, 'write one "name: value" per line', {
      at: path,
    })
  return { path, text, values: value as JsonObject }
}

function readText(path: string): string {
  const bytes = readInput(path, { stdin: true })
  if (bytes.length <= MAX_BYTES) return bytes.toString('utf8')
  throw new Failure(
    'FINDINGS',
    `${path} has ${bytes.length} bytes, at most ${MAX_BYTES} are read`,
    'shorten it',
    {
      at: path,
    },
  )
}

/** Adds to findings about parameters where each was given: the flag, or line and column of the file. */
export async function locateParameters(
  findings: readonly Finding[],
  { flags, file }: GivenParameters,
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const finding of findings) {
    const name = String(finding.pointer?.[0] ?? '')
    const inFile = file && !Object.hasOwn(flags, name)
    const texts = new Map(inFile ? [[PARAMETERS, file.text]] : [])
    const located = await locate([finding], { kind: PARAMETERS, id: name, dir: '', texts })
    const path = inFile ? file.path : name ? `--param ${name}` : '--param'
    diagnostics.push(...located.map((one) => ({ ...one, path, hint: inFile ? one.hint : flagHint(one) })))
  }
  return diagnostics
}

/** How to give a missing parameter by a flag; other hints name values, which are written alike in a flag and a file. */
function flagHint({ rule, hint }: Diagnostic): string {
  const [, name] = /^add "([^"]+)"$/.exec(hint) ?? []
  return rule === 'NOFX_PARAMETER_MISSING' && name ? `add --param ${name}=<value>` : hint
}
