import { type ChildProcess, spawn } from 'node:child_process'
import type { RequestForm } from './request-line.ts'
import { watchConsole } from './watch/watch-console.ts'
import { watchTree } from './watch/watch-tree.ts'

/** The message of a server that is ready. */
export interface Ready {
  url: string
  port: number
  /** The process to send signals to. */
  pid: number
  /** Where the edge functions run. */
  runtime: 'deno' | 'in process'
  /** The address of the console, with a code that signs a browser in once; absent where browsers cannot sign in. */
  signIn?: string
}

export interface SuperviseOptions {
  /** The checkout of nofx whose code is watched. */
  home: string
  host: string
  allowHosts?: readonly string[]
  port: number
  databaseUrl?: string
  seed: boolean
  signal: AbortSignal
  /** Called for the first server only: the later ones have the same address. */
  onReady: (ready: Ready) => void
  log: (line: string) => void
  form?: RequestForm
}

const CODE = ['supabase/functions', 'supabase/migrations', 'src', 'dist']
/** The built console is read for each request: a change of it restarts nothing. */
const NOT_CODE = ['dist/console']
const MARK = 'NOFX_DEV_SUPERVISED'
/** How long a server may take to end after the request, milliseconds; then it is killed. */
const PATIENCE_MS = 20_000

/** Whether this process is a server that a parent `nofx dev` supervises. */
export function isSupervised(): boolean {
  return process.env[MARK] === '1' && process.send !== undefined
}

export function tellSupervisor(ready: Ready): void {
  process.send?.(ready)
}

/** Aborted with `signal`, and when the parent asks for the end or is gone: in both cases the channel to it closes. */
export function untilSupervisorEnds(signal: AbortSignal): AbortSignal {
  const abortController = new AbortController()
  process.once('disconnect', () => abortController.abort())
  if (!process.connected) abortController.abort()
  return AbortSignal.any([signal, abortController.signal])
}

type Event = { is: 'ready'; ready: Ready } | { is: 'ended'; status: number } | { is: 'changed' | 'stopped' }

/**
 * Keeps one server process running and replaces it when code changes. After a reload that fails it waits for the next
 * change; if a server ends for another reason, this ends too.
 * @returns the exit status
 */
export async function superviseServer(options: SuperviseOptions): Promise<number> {
  const { home, signal, log } = options
  const changes = watchChanges(home)
  const stopWatchingConsole = watchConsole(home, log)
  const stopped = new Promise<Event>((resolve) => {
    if (signal.aborted) resolve({ is: 'stopped' })
    signal.addEventListener('abort', () => resolve({ is: 'stopped' }), { once: true })
  })
  let port = options.port
  try {
    for (let first = true; ; ) {
      const server = startServer(options, port)
      let event = await Promise.race([server.ready, server.ended, stopped])
      if (event.is === 'ended' && first) return event.status
      if (event.is === 'ready') {
        if (first) options.onReady(event.ready)
        else log('reloaded')
        ;[first, port] = [false, event.ready.port]
        event = await Promise.race([changes.next(), server.ended, stopped])
        if (event.is === 'ended') return event.status
      } else if (event.is === 'ended') {
        log('not reloaded: the next change tries again')
        event = await Promise.race([changes.next(), stopped])
      }
      const status = await server.stop()
      if (event.is === 'stopped') return first ? status : 0
      log('code has changed: reloading')
    }
  } finally {
    changes.stop()
    stopWatchingConsole()
  }
}

/** The changes of the code, one at a time; changes during a restart count as one. */
function watchChanges(home: string) {
  let pending = false
  let wake: (() => void) | undefined
  const change = () => {
    pending = true
    wake?.()
  }
  const stop = watchTree(home, CODE, change, NOT_CODE)
  const next = async (): Promise<Event> => {
    if (!pending)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    pending = false
    return { is: 'changed' }
  }
  return { next, stop }
}

function startServer(options: SuperviseOptions, port: number) {
  const { host, allowHosts = [], seed, databaseUrl, form } = options
  const [node, program = ''] = process.argv
  const names = allowHosts.flatMap((name) => ['--allow-host', name])
  const words = ['dev', '--host', host, ...names, '--port', String(port), ...(seed ? ['--seed'] : [])]
  if (form) words.push('--log', form)
  if (process.argv.includes('--json')) words.push('--json')
  // A URL may hold a password, and every user of the machine can read the arguments of a process.
  const database = databaseUrl === undefined ? {} : { NOFX_DATABASE_URL: databaseUrl }
  const child = spawn(node as string, [...process.execArgv, program, ...words], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...database, [MARK]: '1' },
  })
  const ready = new Promise<Event>((resolve) => {
    child.once('message', (message) => resolve({ is: 'ready', ready: message as Ready }))
  })
  const ended = new Promise<{ is: 'ended'; status: number }>((resolve) => {
    child.once('exit', (status) => resolve({ is: 'ended', status: status ?? 1 }))
  })
  return { ready, ended, stop: () => stop(child, ended) }
}

/** Closing the channel asks the server to end; it also gets a terminal's Ctrl-C directly. */
async function stop(child: ChildProcess, ended: Promise<{ status: number }>): Promise<number> {
  if (child.connected) child.disconnect()
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const { status } = await ended
  clearTimeout(late)
  return status
}
