import { programOf } from './launcher.ts'

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'fish', 'csh', 'tcsh', 'busybox'])
const SHELL_SYNTAX = /[\s|&;<>()$`"'*?~]/

/** Why a command is a line for a shell rather than one program with arguments; undefined when it is not. */
export function shellString(command: string, args: readonly string[]): string | undefined {
  const odd = SHELL_SYNTAX.exec(command)?.[0]
  if (odd !== undefined)
    return `contains ${odd.trim() === '' ? 'a blank' : `"${odd}"`}, which only a shell understands`
  const program = programOf(command)
  const flag = args.find((arg, index) => isScriptFlag(program, arg, index))
  if (flag !== undefined) return `passes a line to a shell with ${flag.slice(0, 20)}`
  return wrapped(program, args)
}

function isScriptFlag(program: string, arg: string, index: number): boolean {
  if (SHELLS.has(program)) return /^-[a-zA-Z]*c$/.test(arg) || arg === '--command'
  if (program === 'cmd') return /^\/[ckr]/i.test(arg)
  if (program === 'powershell' || program === 'pwsh')
    return /^[-/](?:c|e|ec|command|encodedcommand)/i.test(arg)
  if (program === 'env') return /^(?:-S|--split-string)/.test(arg)
  // npx and npm exec run the value of this option in a shell; after the package's name it belongs to the package.
  if (program === 'npx' || program === 'npm') return index < 2 && /^(?:-c|--call)(?:=|$)/.test(arg)
  return false
}

/** `env FOO=1 sh -c …` is a shell all the same. */
function wrapped(program: string, args: readonly string[]): string | undefined {
  if (program !== 'env' && program !== 'sudo' && program !== 'nice') return undefined
  const next = args.findIndex((arg) => !arg.startsWith('-') && !arg.includes('='))
  return next < 0 ? undefined : shellString(args[next] as string, args.slice(next + 1))
}
