import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { PacedOutput } from '../../src/cli/terminal/paced-output.ts'
import fc from '../harness/fast-check.ts'

/** The most bytes that may wait in memory: three for each character of one write. */
const MOST = 3 * 65_536

/** A stream whose reader takes what was written when it is told to, or at once. */
function streamFor(isQuick: () => boolean) {
  const waiting: (() => void)[] = []
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk)
      if (isQuick()) done()
      else waiting.push(done)
    },
  })
  stream.on('error', () => {})
  return { stream, take: () => waiting.shift()?.(), text: () => Buffer.concat(chunks).toString() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Text with characters of all lengths, longer than one write. */
const piece = fc
  .tuple(fc.constantFrom('a', 'é', '漢', '🙂', 'ab🙂'), fc.integer({ min: 0, max: 90_000 }))
  .map(([word, times]) => word.repeat(times))

test('everything arrives in its order, and what waits in memory is bounded, for each reader', async () => {
  const outputs = fc.array(fc.array(piece, { maxLength: 3 }), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(outputs, fc.infiniteStream(fc.boolean()), async (all, quick) => {
      const { stream, take, text } = streamFor(() => quick.next().value ?? true)
      const output = new PacedOutput(stream)
      let isDone = false
      let most = 0
      const look = () => {
        most = Math.max(most, stream.writableLength)
      }
      for (const pieces of all) {
        output.print(pieces)
        look()
      }
      const printed = output.printed().then(() => {
        isDone = true
      })
      while (!isDone || stream.writableLength > 0) {
        take()
        await turn()
        look()
      }
      await printed
      expect(text() === all.flat().join('')).toBe(true)
      expect(most).toBeLessThanOrEqual(MOST)
    }),
    { numRuns: 40 },
  )
})

test('output is printed that follows a short rest, of which the stream tells no end', async () => {
  const { stream, take, text } = streamFor(() => false)
  const output = new PacedOutput(stream)
  output.print(['long '.repeat(20_000), 'rest'])
  output.print(['next'])
  const printed = output.printed()
  for (let count = 0; count < 10; count++) {
    take()
    await turn()
  }
  expect(text().slice(-8)).toBe('restnext')
  await printed
})

test('what a reader takes at once is written at once', () => {
  const { stream, text } = streamFor(() => true)
  const output = new PacedOutput(stream)
  const long = 'long '.repeat(50_000)
  output.print([long])
  output.print(['short'])
  expect(text()).toBe(`${long}short`)
})

test('a piece is not made before the one before it is taken, nor after the reader has left', async () => {
  const { stream, take } = streamFor(() => false)
  const output = new PacedOutput(stream)
  let made = 0
  const pieces = function* () {
    for (;;) yield `${++made} ${'x'.repeat(50_000)}`
  }
  output.print(pieces())
  for (const expected of [1, 2, 3]) {
    await turn()
    expect(made).toBe(expected)
    take()
  }
  await turn()
  stream.destroy()
  await output.printed()
  output.print(['more'])
  await output.printed()
  expect(made).toBe(4)
})

test('a piece that cannot be made is an error for the caller, or for the one that waits', async () => {
  const { stream, take } = streamFor(() => false)
  const output = new PacedOutput(stream)
  const broken = function* (first: string) {
    yield* first === '' ? [] : [first]
    throw new Error('not JSON')
  }
  expect(() => output.print(broken(''))).toThrow('not JSON')
  output.print(broken('x'.repeat(50_000)))
  const printed = output.printed()
  take()
  await expect(printed).rejects.toThrow('not JSON')
  await output.printed()
})
