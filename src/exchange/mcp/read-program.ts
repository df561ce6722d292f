import { EXACT_VERSION } from '../../contract/fields/semver.ts'
import type { JsonObject } from '../../contract/kind.ts'

/** The package that a command runs, or why server.json has no word for it. */
export type ReadProgram = ProgramPackage | { problem: string }

interface ProgramPackage {
  registryType: string
  identifier: string
  version?: string
  runtimeHint: string
  /** Words before the package, and after it. */
  before: readonly string[]
  after: readonly string[]
  /** Variables that the command itself sets: `-e NAME=value`. */
  variables: JsonObject
}

const ADDRESS =
  /^(?:\.{0,2}[\\/]|\.{1,2}$|file:|[A-Za-z]:[\\/]|git[+@]|(?:github|gitlab|bitbucket):|[a-z+]+:\/\/)/
const NPM = /^((?:@[^/@\s]+\/)?[^/@\s]+)(?:@(\S+))?$/
const PYPI = /^([A-Za-z0-9][\w.-]*(?:\[[\w,.-]*\])?)(?:(?:===?|@)(\S+))?$/
/** Options of containers that every run has. */
const RUN = /^(?:-[itq]+|--(?:rm|interactive|tty|quiet))$/
/** Options of containers without a value; every other one has a value. */
const FLAG = /^--(?:init|read-only|privileged|no-healthcheck|[\w-]+=.*)$/s
const FOLDER = /^(?:-v|--volume|--mount|--env-file|--volumes-from)(?:=|$)/

/** Reads the command of an entry: npx, uvx, or a container. */
export function readProgram(command: string, args: readonly string[]): ReadProgram {
  const program = (command.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|ps1)$/, '')
  const [first = '', second = ''] = args
  // Windows starts scripts by its shell.
  if (program === 'cmd' && /^\/c$/i.test(first) && second !== '') return readProgram(second, args.slice(2))
  if (['npx', 'bunx', 'pnpx'].includes(program)) return readNpm(program, args)
  if (program === 'uvx') return readPypi(args)
  if (['docker', 'podman'].includes(program) && first === 'run') return readImage(program, args.slice(1))
  return { problem: `"${program}" does not start a package of npm, PyPI or a registry of images` }
}

function readNpm(runtimeHint: string, args: readonly string[]): ReadProgram {
  const at = args.findIndex((word) => !/^(?:-y|--yes|-q|--quiet)$/.test(word))
  const [spec = '', ...after] = at < 0 ? [] : args.slice(at)
  if (spec.startsWith('-')) return { problem: `the option ${option(spec)} before the package has no place` }
  const [, identifier, version] = ADDRESS.test(spec) ? [] : (NPM.exec(spec) ?? [])
  if (identifier === undefined) return { problem: 'it names no package of npm' }
  return { registryType: 'npm', identifier, ...some(version), runtimeHint, before: [], after, variables: {} }
}

function readPypi(args: readonly string[]): ReadProgram {
  const [first = '', ...rest] = args
  const isFrom = first === '--from'
  const [spec = '', ...after] = isFrom ? rest : args
  if (spec.startsWith('-')) return { problem: `the option ${option(spec)} before the package has no place` }
  const [, identifier, version] = ADDRESS.test(spec) ? [] : (PYPI.exec(spec) ?? [])
  if (identifier === undefined) return { problem: 'it names no package of PyPI' }
  const [own] = after
  if (isFrom && own !== identifier.replace(/\[.*$/, ''))
    return { problem: 'it runs a program with another name than its package' }
  const words = isFrom ? after.slice(1) : after
  return {
    registryType: 'pypi',
    identifier,
    ...some(version),
    runtimeHint: 'uvx',
    before: [],
    after: words,
    variables: {},
  }
}

function readImage(runtimeHint: string, args: readonly string[]): ReadProgram {
  const before: string[] = []
  const variables: [string, unknown][] = []
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at] ?? ''
    if (!word.startsWith('-')) break
    const [, inline] = /^(?:-e|--env)[=\s]?(.*)$/s.exec(word) ?? []
    if (FOLDER.test(word)) return { problem: 'its container gets a folder or a file of the machine' }
    if (inline !== undefined && !word.startsWith('--env-'))
      variables.push(splitVariable(inline === '' ? (args[++at] ?? '') : inline))
    else if (FLAG.test(word)) before.push(word)
    else if (!RUN.test(word)) before.push(word, args[++at] ?? '')
  }
  const [image = '', ...after] = args.slice(at)
  if (image === '' || ADDRESS.test(image)) return { problem: 'it names no image' }
  return {
    registryType: 'oci',
    identifier: image,
    runtimeHint,
    before,
    after,
    variables: Object.fromEntries(variables.filter(([name]) => name !== '')),
  }
}

/** `NAME` is a variable of the client, `NAME=value` one of the command. */
function splitVariable(text: string): [string, string] {
  const [, name = '', value] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? []
  return [name, value ?? `\${${name}}`]
}

/** An option without its value, which may be a secret. */
function option(word: string): string {
  return word.replace(/[=\s].*$/s, '').slice(0, 40)
}

function some(version: string | undefined): { version?: string } {
  return version === undefined ? {} : { version }
}

/** The exact version of a package, where its entry has one. */
export function exactVersion({ registryType, identifier, version }: ProgramPackage): string | undefined {
  const [, tag] = registryType === 'oci' ? (/:v?([^:/@]+)(?:@.*)?$/.exec(identifier) ?? []) : []
  const text = version ?? tag
  return text !== undefined && EXACT_VERSION.test(text) ? text : undefined
}
