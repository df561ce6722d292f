import type { Writable } from 'node:stream'

/**
 * Resolves when everything written so far was read, or cannot be read any more. A reader may take as long as it wants: a pager
 * reads when its user turns a page, and what it has not read would be lost.
 */
export async function flushStream(stream: Writable): Promise<void> {
  if (!stream.destroyed && !stream.errored)
    await new Promise<void>((resolve) => {
      const done = () => {
        stream.off('close', done)
        resolve()
      }
      stream.once('close', done)
      stream.write('', done)
    })
  // The error event of a stream follows the write that caused it.
  await new Promise((resolve) => setImmediate(resolve))
}
