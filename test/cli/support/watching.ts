import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { TestProject } from '../../harness/project.ts'

/** A running `nofx registry watch`. */
export interface Watching {
  child: ChildProcess
  /** What it has printed so far. */
  shown: { stdout: string; stderr: string }
  lines: () => string[]
  /** The exit status, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
}

/** Starts `nofx registry watch` in a process of its own, which is killed at the end of the test. */
export function startWatch(
  project: TestProject,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Watching {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env
  const words = [resolve('bin/run.js'), 'registry', 'watch', ...args]
  const options = { cwd: project.root, env: { ...rest, NO_COLOR: '1', ...project.env, ...env } }
  const child = spawn(process.execPath, words, options)
  onTestFinished(() => void child.kill('SIGKILL'))
  const shown = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => {
    shown.stdout += data
  })
  child.stderr.on('data', (data) => {
    shown.stderr += data
  })
  const ended = new Promise<number | NodeJS.Signals>((done) =>
    child.once('close', (exit, signal) => done(exit ?? signal ?? 0)),
  )
  const lines = () => shown.stdout.split('\n').filter(Boolean)
  return { child, shown, lines, ended }
}
