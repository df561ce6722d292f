import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Whether this machine has the `script` of util-linux, which gives a program a terminal. */
export const hasTerminal = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)

export interface TerminalOptions {
  cwd: string
  env: NodeJS.ProcessEnv
  columns: number
  rows?: number
  colour?: boolean
  /** What a person types after each text appears, in this order. */
  answers?: readonly (readonly [after: string, keys: string | (() => Promise<string>)])[]
}

/** Runs a shell command in a terminal of this size, and returns what the terminal received. */
export function inTerminal(command: string, options: TerminalOptions): Promise<string> {
  const { cwd, columns, rows = 1000, colour = false } = options
  const env = { ...options.env, TERM: 'xterm', NO_COLOR: colour ? '' : '1' }
  const line = `stty cols ${columns} rows ${rows} && ${command}`
  return new Promise((done) => {
    const child = execFile(
      'script',
      ['-qec', line, '/dev/null'],
      { cwd, env, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout) => done(stdout.replaceAll('\r\n', '\n')),
    )
    // A program in the terminal must not wait for input.
    if (options.answers) typeAnswers(child, options.answers)
    else child.stdin?.end()
  })
}

function typeAnswers(child: ChildProcess, answers: NonNullable<TerminalOptions['answers']>): void {
  let seen = ''
  let next = 0
  child.stdout?.on('data', (chunk) => {
    seen += chunk
    for (let answer = answers[next]; answer && seen.includes(answer[0]); answer = answers[next]) {
      seen = seen.slice(seen.indexOf(answer[0]) + answer[0].length)
      const [, keys] = answer
      if (typeof keys === 'string') child.stdin?.write(keys)
      else void keys().then((typed) => child.stdin?.write(typed))
      next++
    }
  })
}

/** The screens of commands that run one after another in one terminal; without their stderr. */
export async function screensOf(commands: readonly (readonly string[])[], options: TerminalOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-screens-'))
  const list = join(folder, 'commands.json')
  writeFileSync(list, JSON.stringify(commands))
  const output = await inTerminal(
    `exec '${process.execPath}' '${resolve('test/cli/support/screens.mjs')}' '${list}' 2>/dev/null`,
    options,
  )
  rmSync(folder, { recursive: true })
  return output.split('\0').slice(0, -1)
}
