import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export interface ProcessOptions {
  /** The program and its arguments. */
  argv: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
  stdin: string
  timeoutMs: number
  /** Milliseconds between asking the process to end (SIGTERM) and killing it. */
  graceMs: number
  /** Ends the process in the same way as the timeout does. */
  signal: AbortSignal
  /** Kills the process before the call that aborts this signal returns. */
  kill?: AbortSignal
  /** The most bytes of stdout that are kept. */
  capBytes: number
  onSpawn(pid: number): void
}

/** How a process ended. `exit` is null when a signal ended it. */
export interface ProcessEnd {
  exit: number | null
  signal: NodeJS.Signals | null
  /** Why the process could not be started: the system's code, such as ENOENT. */
  spawnError?: string
  /** Whether the process timed out. */
  timedOut: boolean
  stdout: Buffer
  /** Bytes of stdout beyond the cap. */
  dropped: number
  /** The end of its stderr, and whether an earlier part was dropped. */
  tail: string
  isCut: boolean
  ms: number
}

/** Enough for a line with any secret in it: a cut-off secret could not be recognised and replaced. */
const TAIL_BYTES = 64 * 1024

/**
 * Runs a program to its end, in a process group of
 * its own. On a timeout or a signal the whole group
 * gets SIGTERM and, if that does not help, SIGKILL.
 * Processes that it left running are ended as well.
 * Memory use does not depend on how much it prints.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { argv, cwd, env, timeoutMs, signal, kill } = options
  const [program = '', ...args] = argv
  const began = performance.now()
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const spawnError = await started(child)
  const readStart = keepStart(child.stdout, options.capBytes)
  const tail = keepTail(child.stderr)
  let timedOut = false
  if (spawnError === undefined) {
    const stop = gentleEnd(child, options.graceMs)
    const end = () => endGroup(child.pid, 'SIGKILL')
    kill?.addEventListener('abort', end)
    if (kill?.aborted) end()
    const timer = setTimeout(() => {
      timedOut = true
      stop()
    }, timeoutMs)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    options.onSpawn(child.pid as number)
    feed(child, options.stdin)
    await ended(child)
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    kill?.removeEventListener('abort', end)
    stop.cancel()
  }
  return {
    exit: child.exitCode,
    signal: child.signalCode,
    spawnError,
    timedOut,
    ...readStart(),
    ...tail(),
    ms: Math.round(performance.now() - began),
  }
}

/** The system's code when a program cannot be started. */
function started(child: ChildProcess): Promise<string | undefined> {
  return new Promise((done) => {
    child.once('spawn', () => done(undefined))
    child.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
  })
}

/** Waits for the process, then ends the processes left in its group: they would hold its output open. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((done) => child.once('exit', done))
  endGroup(child.pid, 'SIGKILL')
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const drained = Promise.all(streams.map((stream) => closed(stream)))
  // A process that left the group may still hold the streams.
  const giveUp = setTimeout(() => {
    for (const stream of streams) stream.destroy()
  }, 500)
  await drained
  clearTimeout(giveUp)
}

function closed(stream: Readable): Promise<void> {
  return new Promise((done) => {
    if (stream.closed) done()
    else stream.once('close', done)
  })
}

function gentleEnd(child: ChildProcess, graceMs: number): (() => void) & { cancel(): void } {
  let hard: NodeJS.Timeout | undefined
  const stop = () => {
    if (hard) return
    endGroup(child.pid, 'SIGTERM')
    hard = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs)
  }
  return Object.assign(stop, { cancel: () => clearTimeout(hard) })
}

/** Sends a signal to a process group; on systems without groups (Windows) to the process alone. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // The whole group has ended already.
  }
}

/** A runner need not read its stdin. */
function feed({ stdin }: ChildProcess, text: string): void {
  stdin?.on('error', () => {})
  stdin?.end(text)
}

function keepStart(stream: Readable | null, capBytes: number): () => Pick<ProcessEnd, 'stdout' | 'dropped'> {
  const chunks: Buffer[] = []
  let size = 0
  let dropped = 0
  stream?.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, capBytes - size)
    // A slice would keep the whole chunk in memory.
    if (part.length > 0) chunks.push(part.length < chunk.length ? Buffer.from(part) : chunk)
    size += part.length
    dropped += chunk.length - part.length
  })
  return () => ({ stdout: Buffer.concat(chunks), dropped })
}

function keepTail(stream: Readable | null): () => Pick<ProcessEnd, 'tail' | 'isCut'> {
  let tail = Buffer.alloc(0)
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.from(Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES))
    size += chunk.length
  })
  return () => ({ tail: tail.toString('utf8'), isCut: size > tail.length })
}
