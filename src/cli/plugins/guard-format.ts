import { Failure } from '../../contract/failure.ts'
import type { ExchangeFormat } from '../../exchange/contract/format.ts'

/** A plugin's format whose exceptions become failures that name the plugin and the method. */
export function guardFormat(format: ExchangeFormat, plugin: string): ExchangeFormat {
  const { detect, read, write } = format
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
    ...(read && { read: (file) => run('read', () => read.call(format, file)) }),
    ...(write && { write: (items, options) => run('write', () => write.call(format, items, options)) }),
  }
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
