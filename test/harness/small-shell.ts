import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quoteWord } from '../../src/contract/text/quote-word.ts'

/** How a script ended. */
export interface ShellRun {
  exit: number
  stdout: string
  stderr: string
}

/** Runs the script once for each line that it reads, and answers with the exit status. It ends with its reader. */
const LOOP = `while read -r go; do
  (. "$0/script") > "$0/stdout" 2> "$0/stderr" < /dev/null 3>&-
  echo $? >&3
done`
/** Variables that a shell sets by itself, or does not let others set. */
const OWN = new Set([
  '_',
  'PPID',
  'PWD',
  'OLDPWD',
  'OPTIND',
  'LINENO',
  'UID',
  'EUID',
  'SHELLOPTS',
  'BASHOPTS',
])

interface Shell {
  folder: string
  ask: number
  answer: number
}
let shell: Shell | undefined

/**
 * Runs a script in a subshell of one small shell, and waits for its end. Linux copies the page tables of a process that
 * starts another: with databases in its memory, that takes longer than what most scripts do.
 */
export function runInSmallShell(script: string, cwd: string, env: NodeJS.ProcessEnv = process.env): ShellRun {
  shell ??= start()
  const { folder, ask, answer } = shell
  const variables = Object.entries(env).filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && !OWN.has(name))
  const exports = variables.map(([name, value = '']) => `export ${name}=${quoteWord(value)}\n`).join('')
  writeFileSync(join(folder, 'script'), `${exports}cd ${quoteWord(cwd)} || exit\n${script}\n`)
  writeSync(ask, '\n')
  const status = Buffer.alloc(8)
  const exit = Number(status.toString('latin1', 0, readSync(answer, status)))
  const textOf = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { exit, stdout: textOf('stdout'), stderr: textOf('stderr') }
}

/** Both ends of each pipe are open here, so that opening one waits for nothing. */
function start(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'small-shell-'))
  const [asks, answers] = [join(folder, 'asks'), join(folder, 'answers')]
  execFileSync('mkfifo', [asks, answers])
  const [ask, answer] = [openSync(asks, 'r+'), openSync(answers, 'r+')]
  const stdio = [openSync(asks, 'r'), 'ignore', 'ignore', answer] as const
  spawn('sh', ['-c', LOOP, folder], { stdio: [...stdio], env: { PATH: process.env.PATH } }).unref()
  return { folder, ask, answer }
}
