import { Failure } from '../contract/failure.ts'

/** The parts of its answer that this process has given so far. */
interface PrintedParts {
  /** Whether the one document of a command with `--json` was printed. */
  document: boolean
  /** The first line of the answer for people. */
  summary?: string
  /** The exit status of the command that ended. */
  status?: number
}

let output: PrintedParts = { document: false }

/** Clears the state for a new command. */
export function beginAnswer(): void {
  output = { document: false }
}

export function noteDocument(): void {
  output.document = true
}

/** Whether the one document of `--json` was printed. */
export function hasDocument(): boolean {
  return output.document
}

export function noteSummary(text: string): void {
  output.summary = text.split('\n')[0]
}

export function noteStatus(status: number): void {
  output.status = status
}

/** The status of the command; undefined while it runs. */
export function notedStatus(): number | undefined {
  return output.status
}

/** Keeps errors of stdout and stderr (a reader that closed the pipe, a full disk) from ending the process. */
export function watchOutput() {
  let broken: NodeJS.ErrnoException | undefined
  const onStdout = (error: NodeJS.ErrnoException): void => {
    broken ??= error
  }
  const onStderr = (): void => {}
  process.stdout.on('error', onStdout)
  process.stderr.on('error', onStderr)
  const stop = (): void => {
    process.stdout.off('error', onStdout)
    process.stderr.off('error', onStderr)
  }
  return {
    failure: () => (broken && broken.code !== 'EPIPE' ? unwritten(broken) : undefined),
    // oclif throws the errors that stdout reports.
    isKnown: (error: unknown) => error === broken,
    stop,
  }
}

/** A line that reports an effect, in contrast to the data that a command prints, which is in columns. */
const SENTENCE = /^(?!.* {2})[A-Za-z][\w-]* .*[\w"')…]/

function unwritten({ code, message }: NodeJS.ErrnoException): Failure {
  const { summary = '', status = 0 } = output
  const done = SENTENCE.exec(summary)?.[0] ?? 'the command succeeded'
  const problem = `the answer could not be written to stdout (${code ?? message})`
  const hint = 'send stdout to a file or device that has room'
  return new Failure('OUTPUT_FAILED', status === 0 ? `${done}, but ${problem}` : problem, hint)
}
