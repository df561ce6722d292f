import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Ended, TestProject } from '../../harness/project.ts'

/** Variables that would select another registry, and certificates that cost every start 60 ms. */
const OTHERS = ['SUPABASE_URL', 'SUPABASE_SECRET_KEY', 'NOFX_DATABASE_URL', 'NODE_EXTRA_CA_CERTS']

/** A `nofx dev` of the built CLI, and what it has printed so far. */
export interface RunningDev {
  child: ChildProcess
  output: () => string
  stdout: () => string
  /** Resolves with the match when the output, from `from` on, has it; fails when the process ends without it. */
  says: (pattern: RegExp, from?: number) => Promise<RegExpMatchArray>
  /** Its URL, once it is ready. */
  url: Promise<string>
  ended: Promise<Ended>
}

/**
 * Starts `nofx dev --port 0` in a project, with more environment and optionally from the nofx in another folder. The
 * caller ends it, also when the test fails.
 */
export function startDev(
  project: TestProject,
  args: string[],
  more: Record<string, string> = {},
  home = resolve('.'),
): RunningDev {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', NOFX_ACTOR: 'test@example.com' }
  for (const name of OTHERS) delete env[name]
  const words = [join(home, 'bin/run.js'), 'dev', '--port', '0', ...args]
  const child = spawn(process.execPath, words, { cwd: project.root, env: { ...env, ...more } })
  let text = ''
  let stdout = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      text += data
      for (const watcher of watchers) watcher()
    })
  const ended = new Promise<Ended>((done) => {
    child.once('close', (exit, signal) => done({ exit, signal }))
  })
  const says = (pattern: RegExp, from = 0) =>
    new Promise<RegExpMatchArray>((found, lost) => {
      const look = () => {
        const match = pattern.exec(text.slice(from))
        if (match) found(match)
      }
      watchers.add(look)
      look()
      ended.then(() => lost(new Error(`ended without saying ${pattern}: ${text}`)))
    })
  const url = says(/nofx dev (http:\S+)/).then(([, found]) => found!)
  url.catch(() => {})
  return { child, output: () => text, stdout: () => stdout, says, url, ended }
}

/** The same inside a test; it is ended after the test. */
export function startDevInTest(...given: Parameters<typeof startDev>): RunningDev {
  const dev = startDev(...given)
  onTestFinished(() => void dev.child.kill('SIGKILL'))
  return dev
}
