import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** The result of a run of the CLI. */
export interface Ran {
  exit: number
  stdout: string
  stderr: string
}

export interface Command {
  args: readonly string[]
  cwd: string
  env: NodeJS.ProcessEnv
}

const idle: ChildProcess[] = []

/**
 * Runs a command in a process that has run others before: starting Node.js and loading the CLI takes nine tenths of
 * the time of a short command. Concurrent commands use different processes. They end with this process.
 */
export async function runResident({ args, cwd, env }: Command): Promise<Ran> {
  const child = idle.pop() ?? start()
  const mark = randomUUID()
  const outputs = [readTo(child.stdout, mark), readTo(child.stderr, mark)] as const
  const ended = Promise.race([
    once(child, 'message').then(([{ exit }]) => exit as number),
    // An exception that leaves `run` ends the process as it would have ended bin/run.js.
    once(child, 'exit').then(([code]) => (code ?? 128) as number),
  ])
  child.send({ args, cwd, env, mark })
  const [stdout, stderr, exit] = await Promise.all([...outputs, ended])
  if (child.connected) idle.push(child)
  return { exit, stdout, stderr }
}

function start(): ChildProcess {
  const child = fork(join(import.meta.dirname, 'resident-process.mjs'), { silent: true, execArgv: [] })
  child.setMaxListeners(0)
  return child
}

/** The output before `mark`, or before the end. */
function readTo(stream: Readable | null, mark: string): Promise<string> {
  return new Promise((done) => {
    const chunks: Buffer[] = []
    const finish = () => {
      stream?.off('data', take).off('end', finish)
      const text = Buffer.concat(chunks).toString()
      done(text.endsWith(mark) ? text.slice(0, -mark.length) : text)
    }
    const take = (chunk: Buffer) => {
      chunks.push(chunk)
      const tail = Buffer.concat(chunks.slice(-2)).subarray(-mark.length).toString()
      if (tail === mark) finish()
    }
    stream?.on('data', take).once('end', finish)
  })
}
