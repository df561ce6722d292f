import { Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { flushStream } from '../../src/cli/terminal/flush-stream.ts'

/** A stream whose reader takes a text when it is told to. */
function slowStream() {
  const waiting: ((error?: Error) => void)[] = []
  const stream = new Writable({
    write(_chunk, _encoding, done) {
      waiting.push(done)
    },
  })
  stream.on('error', () => {})
  return { stream, take: (error?: Error) => waiting.shift()?.(error) }
}

test('a reader may take as long as it wants, such as a pager whose user reads the first page', async () => {
  const { stream, take } = slowStream()
  stream.write('page 1')
  let isDone = false
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const flushing = flushStream(stream).then(() => {
    isDone = true
  })
  await vi.advanceTimersByTimeAsync(24 * 3600 * 1000)
  vi.useRealTimers()
  expect(isDone).toBe(false)
  take()
  // What was written last is an empty text.
  await vi.waitFor(() => take() ?? expect(isDone).toBe(true))
  await flushing
})

test.each<[string, (slow: ReturnType<typeof slowStream>) => void]>([
  ['closes it', ({ take }) => take(new Error('EPIPE'))],
  ['is gone already', ({ stream }) => stream.destroy()],
])('a reader that %s is not waited for', async (_what, end) => {
  const slow = slowStream()
  slow.stream.write('page 1')
  const flushing = flushStream(slow.stream)
  end(slow)
  await flushing
  await flushStream(slow.stream)
})
