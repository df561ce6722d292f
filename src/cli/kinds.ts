import type { Config } from '@oclif/core/config'
import { Failure } from '../contract/failure.ts'
import type { JsonObject, Kind } from '../contract/kind.ts'
import { isMarkdown } from '../contract/manifest/front-matter.ts'
import { nearest } from '../contract/text/nearest.ts'
import { guardKind } from './plugins/guard-kind.ts'

/**
 * Reads the registry kinds (hook `kinds`) of every oclif plugin, NOFX's own and others', in an order in which each kind
 * comes after those it depends on.
 * @param plugins the names in the project's "nofx.plugins"
 * @throws Failure CONFIG when a plugin is missing, fails, gives no kind, or repeats an id
 */
export async function loadKinds(config: Config, plugins: readonly string[] = []): Promise<Kind[]> {
  const missing = plugins.find((name) => !config.plugins.has(name))
  if (missing)
    throw new Failure(
      'CONFIG',
      `the plugin ${missing} was not found`,
      `run: npm install ${missing}, or remove it from "nofx.plugins" in package.json`,
    )
  const { successes, failures } = await config.runHook('kinds' as 'init', {} as never)
  const [failed] = failures
  if (failed)
    throw new Failure(
      'CONFIG',
      `the plugin ${failed.plugin.name} cannot be loaded: ${failed.error.message}`,
      'fix the plugin, or remove it from "nofx.plugins" in package.json',
      { cause: failed.error },
    )
  requireHooks(config, plugins, successes)
  const kinds = successes.flatMap(({ plugin, result }) => {
    // NOFX's own kinds are typed, and a look at a schema would make it.
    if (plugin.name === config.name) return result as unknown as Kind[]
    return checkKinds(plugin.name, result).map((kind) => guardKind(kind, plugin.name))
  })
  const twice = kinds.find((kind, index) => kinds.findIndex((other) => other.id === kind.id) < index)
  if (twice)
    throw new Failure('CONFIG', `the kind "${twice.id}" is defined by two plugins`, 'remove one of them')
  return sortKinds(kinds)
}

/** A package without the hook adds nothing, which its user would notice late. */
function requireHooks(
  config: Config,
  plugins: readonly string[],
  successes: readonly { plugin: { name: string; alias: string } }[],
): void {
  const without = plugins.find(
    (name) =>
      !successes.some(({ plugin }) => [plugin.name, plugin.alias].includes(name)) &&
      config.plugins.get(name)?.hooks.formats === undefined,
  )
  if (without)
    throw new Failure(
      'CONFIG',
      `the plugin ${without} has no "kinds" hook`,
      'name the hook in "oclif.hooks.kinds" (or "formats") of its package.json, or remove it from "nofx.plugins" in yours',
    )
}

const isWord = (value: unknown) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)
/** Paths of previews' bundles begin with `preview-<name>/`, so a kind must not be named like that. */
const isKindId = (value: unknown) => isWord(value) && !(value as string).startsWith('preview-')
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isObject = (value: unknown) => typeof value === 'object' && value !== null
const isZod = (value: unknown) => isObject(value) && '_zod' in (value as object)
const isFunction = (value: unknown) => typeof value === 'function'

/** The required fields of a foreign kind, checked before any of them is used: plugins may be plain JavaScript. */
const SHAPE: Record<string, (value: unknown) => boolean> = {
  id: isKindId,
  singular: isWord,
  manifestFile: isText,
  idField: isText,
  schema: isZod,
  limits: isObject,
  rules: isObject,
  check: isFunction,
  describe: isFunction,
  references: isFunction,
  manifest: (value) => value === undefined || value === 'json' || value === 'front-matter',
  statusPlace: (value) => value === undefined || Array.isArray(value),
}

/** The methods that a kind may leave out. */
const OPTIONAL = [
  'idOf',
  'normalize',
  'promptsOf',
  'filesOf',
  'risks',
  'demands',
  'instantiate',
  'graph',
  'scaffold',
]
for (const name of OPTIONAL) SHAPE[name] = (value) => value === undefined || isFunction(value)

function findLack(kind: JsonObject | null): string | undefined {
  const wrong = Object.entries(SHAPE).find(([name, holds]) => !holds(kind?.[name]))
  if (wrong) return wrong[0]
  return kind?.manifest === 'front-matter' && !isMarkdown(String(kind.manifestFile))
    ? 'manifestFile'
    : undefined
}

function checkKinds(plugin: string, result: unknown): Kind[] {
  const kinds: unknown[] = Array.isArray(result) ? result : [result]
  for (const kind of kinds) {
    const lack = findLack(kind as JsonObject | null)
    if (lack !== undefined)
      throw new Failure(
        'CONFIG',
        `the plugin ${plugin} provides no registry kind: "${lack}" is missing or wrong`,
        'return an array of kinds from its "kinds" hook (type Kind of "nofx/kind")',
      )
  }
  return kinds as Kind[]
}

/**
 * Kinds in an order in which each comes after those it depends on.
 * @throws Failure CONFIG when they depend on each other
 */
export function sortKinds(kinds: readonly Kind[]): Kind[] {
  const sorted: Kind[] = []
  const visit = (kind: Kind, path: string[]): void => {
    if (sorted.includes(kind)) return
    if (path.includes(kind.id))
      throw new Failure(
        'CONFIG',
        `kinds depend on each other: ${[...path, kind.id].join(' → ')}`,
        'remove one of these kinds from "after"',
      )
    for (const id of kind.after ?? []) {
      const other = kinds.find((candidate) => candidate.id === id)
      if (other) visit(other, [...path, kind.id])
    }
    sorted.push(kind)
  }
  for (const kind of [...kinds].sort((a, b) => (a.id < b.id ? -1 : 1))) visit(kind, [])
  return sorted
}

/**
 * Selects kinds by the names a user gave; without names, all of them.
 * @throws Failure USAGE for an unknown name
 */
export function pickKinds(kinds: readonly Kind[], names: readonly string[]): Kind[] {
  const picked = names.map((name) => pickKind(kinds, name))
  return kinds.filter((kind) => names.length === 0 || picked.includes(kind))
}

/**
 * One kind, by its plural or singular name.
 * @throws Failure USAGE for an unknown name
 */
export function pickKind(kinds: readonly Kind[], name: string): Kind {
  const kind = kinds.find((candidate) => candidate.id === name || candidate.singular === name)
  if (kind) return kind
  const names = kinds.map((candidate) => candidate.id)
  const near = nearest(name, names)
  const hint = near === undefined ? `use one of: ${names.join(', ')}` : `did you mean: ${near}`
  throw new Failure('USAGE', `the kind "${name}" does not exist`, hint)
}
