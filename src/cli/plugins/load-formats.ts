import type { Config } from '@oclif/core/config'
import { Failure } from '../../contract/failure.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { nearest } from '../../contract/text/nearest.ts'
import type { ExchangeFormat } from '../../exchange/contract/format.ts'
import { guardFormat } from './guard-format.ts'

const isWord = (value: unknown) => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isList = (value: unknown) => Array.isArray(value)
const isMaybe = (holds: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || holds(value)
const isFunction = (value: unknown) => typeof value === 'function'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)

/** The fields of a foreign format, checked before any of them is used: plugins may be plain JavaScript. */
const SHAPE: Record<keyof ExchangeFormat, (value: unknown) => boolean> = {
  id: isWord,
  title: isText,
  kinds: isTexts,
  places: isTexts,
  limits: isList,
  clients: isMaybe(isTexts),
  flags: isMaybe(isTexts),
  writes: isMaybe(isList),
  reads: isMaybe(isList),
  detect: isMaybe(isFunction),
  extension: isMaybe(isText),
  split: isMaybe(isFunction),
  read: isMaybe(isFunction),
  write: isMaybe(isFunction),
}

/**
 * Reads the exchange formats (hook `formats`) of every oclif plugin: NOFX's own first, then others' in their order.
 * @throws Failure CONFIG when a plugin fails, gives no format, or repeats an id
 */
export async function loadFormats(config: Config): Promise<ExchangeFormat[]> {
  const { successes, failures } = await config.runHook('formats' as 'init', {} as never)
  const [failed] = failures
  if (failed)
    throw new Failure(
      'CONFIG',
      `the formats of the plugin ${failed.plugin.name} cannot be loaded: ${failed.error.message}`,
      'fix the plugin, or remove it from "nofx.plugins" in package.json',
      { cause: failed.error },
    )
  const isOwn = (plugin: { name: string }) => plugin.name === config.name
  const formats = [...successes]
    .sort((a, b) => Number(isOwn(b.plugin)) - Number(isOwn(a.plugin)))
    .flatMap(({ plugin, result }) => {
      const checked = checkFormats(plugin.name, result)
      return isOwn(plugin) ? checked : checked.map((format) => guardFormat(format, plugin.name))
    })
  const twice = formats.find(({ id }, index) => formats.findIndex((other) => other.id === id) < index)
  if (twice)
    throw new Failure('CONFIG', `the format "${twice.id}" is defined by two plugins`, 'remove one of them')
  return formats
}

function checkFormats(plugin: string, result: unknown): ExchangeFormat[] {
  const formats: unknown[] = Array.isArray(result) ? result : [result]
  for (const format of formats) {
    const lack = Object.entries(SHAPE).find(([name, holds]) => !holds((format as JsonObject | null)?.[name]))
    if (lack)
      throw new Failure(
        'CONFIG',
        `the plugin ${plugin} provides no format: "${lack[0]}" is missing or wrong`,
        'return an array of formats from its "formats" hook (type ExchangeFormat of "nofx/format")',
      )
  }
  return formats as ExchangeFormat[]
}

/**
 * The format that a word names.
 * @throws Failure USAGE for an unknown one
 */
export function pickFormat(formats: readonly ExchangeFormat[], name: string): ExchangeFormat {
  const format = formats.find(({ id }) => id === name)
  if (format) return format
  const ids = formats.map(({ id }) => id)
  const near = nearest(name, ids)
  const hint = near === undefined ? `use one of: ${ids.join(', ')}` : `did you mean: ${near}`
  throw new Failure('USAGE', `the format "${name}" does not exist`, hint)
}
