import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askPerson } from '../../src/cli/terminal/ask-person.ts'
import { askText } from '../../src/cli/terminal/ask-text.ts'

/** What a person types; the terminal passes every key on as it is pressed. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  output.resume()
  return { input, output }
}

const ask = (streams: ReturnType<typeof terminal>, signal = new AbortController().signal) =>
  askPerson('Start it?', signal, streams)

test.each([
  ['y\r', true],
  ['YES\r', true],
  ['\r', false],
  ['n\r', false],
  ['yep\r', false],
  ['y\u0004', false],
])('the answer %j counts as %j', async (keys, answer) => {
  const streams = terminal()
  const asked = ask(streams)
  streams.input.end(keys)
  expect(await asked).toBe(answer)
})

test('Ctrl-C at a question interrupts the command, as it does elsewhere', async () => {
  const interrupt = new AbortController()
  const onInterrupt = () => interrupt.abort()
  process.once('SIGINT', onInterrupt)
  const streams = terminal()
  const asked = ask(streams, interrupt.signal)
  streams.input.write('\u0003')
  expect(await asked).toBe(false)
  expect(interrupt.signal.aborted).toBe(true)
})

test('the end of the input, or of the command, counts as no', async () => {
  const streams = terminal()
  const asked = ask(streams)
  streams.input.end()
  expect(await asked).toBe(false)
  const stop = new AbortController()
  const stopped = ask(terminal(), stop.signal)
  stop.abort()
  expect(await stopped).toBe(false)
})

test('Ctrl-C ends a question also before the command listens to signals', async () => {
  const listeners = process.rawListeners('SIGINT') as NodeJS.SignalsListener[]
  process.removeAllListeners('SIGINT')
  try {
    const streams = terminal()
    const asked = ask(streams)
    streams.input.write('\u0003')
    expect(await asked).toBe(false)
    const texts = terminal()
    const text = askText('Where?', {}, texts)
    texts.input.write('\u0003')
    await expect(text).rejects.toMatchObject({ code: 'INTERRUPTED' })
  } finally {
    for (const listener of listeners) process.on('SIGINT', listener)
  }
})
