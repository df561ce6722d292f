import { Failure } from '../contract/failure.ts'

/** What this process has told its caller so far. */
interface Told {
  /** What a command with `--json` prints once: its document. */
  document: boolean
  /** The first line of the answer for people. */
  summary?: string
  /** The status of the command that ended. */
  status?: number
}

let told: Told = { document: false }

/** Begins anew: a command has said nothing yet. */
export function beginAnswer(): void {
  told = { document: false }
}

export function noteDocument(): void {
  told.document = true
}

/** Whether the one document of `--json` is printed. */
export function hasDocument(): boolean {
  return told.document
}

export function noteSummary(text: string): void {
  told.summary = text.split('\n')[0]
}

export function noteStatus(status: number): void {
  told.status = status
}

/** The status of the command; undefined while it has not ended. */
export function notedStatus(): number | undefined {
  return told.status
}

/** Both streams outlive what happens to them: a reader that went away, a disk that is full. */
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
    // oclif throws what stdout reports.
    isKnown: (error: unknown) => error === broken,
    stop,
  }
}

/** A line that says what was done, and not the data that a command prints. */
const SENTENCE = /^[A-Za-z][\w-]* .*[\w"')…]/

function unwritten({ code, message }: NodeJS.ErrnoException): Failure {
  const { summary = '', status = 0 } = told
  const done = SENTENCE.exec(summary)?.[0] ?? 'the command succeeded'
  const lost = `the answer could not be written to stdout (${code ?? message})`
  const hint = 'send stdout to a file or device that has room'
  return new Failure('OUTPUT_FAILED', status === 0 ? `${done}, but ${lost}` : lost, hint)
}
