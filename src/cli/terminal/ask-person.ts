import { createInterface } from 'node:readline/promises'

/** The input and the output of a terminal. */
interface Streams {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

/** Asks on the terminal. Every answer but yes means no; so do the end of the input and an abort of `signal`. */
export async function askPerson(
  question: string,
  signal: AbortSignal,
  { input, output }: Streams = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  const terminal = createInterface({ input, output })
  // While a line is edited, Ctrl-C is a key without a signal. Without a listener, no one would abort the question.
  terminal.on('SIGINT', () => process.emit('SIGINT', 'SIGINT') || terminal.close())
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended])
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    return false
  } finally {
    terminal.close()
  }
}
