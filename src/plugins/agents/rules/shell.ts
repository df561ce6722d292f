import { parseProgram } from './program.ts'
import { unwrap } from './unwrap.ts'

const SHELLS = new Set([
  ...['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'fish', 'csh', 'tcsh', 'busybox', 'toybox'],
  ...['rbash', 'mksh', 'yash', 'nu', 'elvish', 'xonsh', 'su', 'cross-env-shell'],
])
const SHELL_SYNTAX = /[\s|&;<>()$`"'*?~]/

/**
 * Why a command is a shell command line, and the index of the program among its arguments; -1 if the command itself
 * is the program.
 */
export interface ShellString {
  problem: string
  index: number
}

/** Why a command is a shell command line rather than one program with arguments; undefined if it is not. */
export function shellString(command: string, args: readonly string[]): ShellString | undefined {
  if (SHELL_SYNTAX.test(command)) return { problem: oddIn(command), index: -1 }
  const inner = unwrap(command, args)
  if (inner.shell !== undefined)
    return { problem: `passes a line to a shell with ${inner.shell.option}`, index: inner.index }
  if (SHELL_SYNTAX.test(inner.program)) return { problem: oddIn(inner.program), index: inner.index }
  const program = parseProgram(inner.program)
  const flag = inner.args.find((arg, index) => isScriptFlag(program, arg, index))
  if (flag === undefined) return undefined
  return { problem: `passes a line to a shell with ${flag.slice(0, 20)}`, index: inner.index }
}

function oddIn(program: string): string {
  const odd = SHELL_SYNTAX.exec(program)?.[0] ?? ''
  return `contains ${odd.trim() === '' ? 'a blank' : `"${odd}"`}, which only a shell understands`
}

function isScriptFlag(program: string, arg: string, index: number): boolean {
  if (SHELLS.has(program))
    return /^-[a-zA-Z]*c$/.test(arg) || (index === 0 && /^-[a-zA-Z]*c/.test(arg)) || arg === '--command'
  if (program === 'cmd') return /^\/[ckr]/i.test(arg)
  if (program === 'powershell' || program === 'pwsh')
    return /^[-/](?:c|e|ec|command|encodedcommand)/i.test(arg)
  // npx and npm exec run the value of this option in a shell. After the package's name, the option belongs to the
  // package.
  if (program === 'npx' || program === 'npm') return index < 2 && /^(?:-c|--call)(?:=|$)/.test(arg)
  return false
}
