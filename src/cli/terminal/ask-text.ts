import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Failure } from '../../contract/failure.ts'

/** A terminal, or streams that stand for one. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean }
  output: NodeJS.WritableStream
}

const PROCESS: Terminal = { input: process.stdin, output: process.stderr }

/** Whether a person can be asked. */
export function isTerminal({ input }: Terminal = PROCESS): boolean {
  return input.isTTY === true
}

/**
 * Asks for one line on the terminal. A hidden answer is not shown while it is typed.
 * @throws Failure INTERRUPTED at the end of the input
 */
export async function askText(
  question: string,
  { hidden = false, signal }: { hidden?: boolean; signal?: AbortSignal },
  { input, output }: Terminal = PROCESS,
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input, output: hidden ? silent : output, terminal: true })
  // While a line is edited, Ctrl-C is a key without a signal. Without a listener, no one would abort the question.
  terminal.on('SIGINT', () => process.emit('SIGINT', 'SIGINT') || terminal.close())
  const ended = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)))
  try {
    if (hidden) output.write(`${question} `)
    const options = signal ? { signal } : {}
    const pending = terminal.question(hidden ? '' : `${question} `, options)
    const answer = await Promise.race([pending, ended])
    if (answer !== undefined) return answer
    throw new Failure('INTERRUPTED', 'the question was not answered', 'run the command again')
  } finally {
    if (hidden) output.write('\n')
    terminal.close()
  }
}

/** The first line of a stream, without its end: a secret that is passed in by a pipe. */
export async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(Buffer.from(chunk))
  return (Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0] ?? '').trimEnd()
}
