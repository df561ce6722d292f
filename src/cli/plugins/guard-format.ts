import { Failure } from '../../contract/failure.ts'
import type { ExchangeFormat, Written } from '../../exchange/contract/format.ts'

/** A plugin's format whose exceptions become failures that name the plugin and the method. */
export function guardFormat(format: ExchangeFormat, plugin: string): ExchangeFormat {
  const guarded = buildGuard(format, plugin)
  GUARDED.add(guarded)
  return guarded
}

const GUARDED = new WeakSet<ExchangeFormat>()

/** Whether the format is from another package, whose code may change while nofx stays the same. */
export function isForeignFormat(format: ExchangeFormat): boolean {
  return GUARDED.has(format)
}

function buildGuard(format: ExchangeFormat, plugin: string): ExchangeFormat {
  const { detect, split, read, write } = format
  const run = async <T>(method: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      throw blame(format, plugin, method, cause)
    }
  }
  return {
    ...format,
    ...(detect && {
      detect(path: string, text?: string) {
        try {
          return detect.call(format, path, text)
        } catch (cause) {
          throw blame(format, plugin, 'detect', cause)
        }
      },
    }),
    ...(split && {
      split: (text: string, path: string) => run('split', async () => split.call(format, text, path)),
    }),
    ...(read && { read: (file, settings) => run('read', () => read.call(format, file, settings)) }),
    ...(write && {
      write: (items, options) =>
        run('write', async () => checkWritten(await write.call(format, items, options))),
    }),
  }
}

/** What a format returned, of the shape that an export relies on: plugins may be plain JavaScript. */
function checkWritten(result: Written): Written {
  const { files, findings, ledger } = (result ?? {}) as Partial<Record<keyof Written, unknown>>
  if (![files, findings, ledger].every(Array.isArray))
    throw new Error('it returns no files, findings or ledger')
  const isWhole = result.files.every(
    ({ path, content, from }) =>
      typeof path === 'string' &&
      (typeof content === 'string' || content instanceof Uint8Array) &&
      Array.isArray(from),
  )
  if (!isWhole) throw new Error('a file has no path, content or from')
  const isRow = result.ledger.every((row) =>
    [row?.source, row?.at, row?.field, row?.outcome, row?.reason].every((value) => typeof value === 'string'),
  )
  if (!isRow) throw new Error('a row of the ledger has no source, place, field, outcome or reason')
  return result
}

function blame({ id }: ExchangeFormat, plugin: string, method: string, cause: unknown): unknown {
  if (cause instanceof Failure) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new Failure(
    'CONFIG',
    `plugin ${plugin} failed in \`${method}\` of the format ${id}: ${message.split('\n')[0] || 'no message'}`,
    "report it to the plugin's author",
    { cause },
  )
}
