import { parseProgram } from './program.ts'

/** A program that only starts another program, and how it parses its own arguments (getopt). */
interface Wrapper {
  /** Letters of the short options that take a value. */
  short?: string
  /** Long options that take a value. */
  long?: readonly string[]
  /** Options that pass a command line to a shell, or start a shell. */
  shell?: readonly string[]
  /** Whether `NAME=value` may precede the program. */
  assigns?: boolean
  /** Number of its own arguments before the program. */
  own?: number
  /** Whether the program stands behind `--`, after a word for what to do and options. */
  dashes?: true
}

const sudo: Wrapper = {
  short: 'ughpCrtTUDRac',
  long: [
    ...['--user', '--group', '--host', '--prompt', '--close-from', '--role', '--type', '--command-timeout'],
    ...['--other-user', '--chdir', '--chroot', '--auth-type', '--login-class'],
  ],
  shell: ['-s', '-i', '--shell', '--login'],
  assigns: true,
}
const PLAIN: Wrapper = {}
/** Programs that fill in secrets, as in `op run --env-file .env -- npx …`. */
const FILLING: Wrapper = { dashes: true }

const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map([
  [
    'env',
    {
      short: 'uCPLUS',
      long: ['--unset', '--chdir', '--argv0', '--split-string'],
      shell: ['-S', '--split-string'],
      assigns: true,
    },
  ],
  ['cross-env', { assigns: true }],
  ['sudo', sudo],
  ['doas', { short: 'uCa', shell: ['-s'] }],
  ['su-exec', { own: 1 }],
  ['gosu', { own: 1 }],
  ['runuser', { short: 'ugGcsw', long: ['--user', '--group', '--supp-group'], shell: ['-c', '--command'] }],
  ['nice', { short: 'n', long: ['--adjustment'] }],
  ['ionice', { short: 'cnpPu', long: ['--class', '--classdata', '--pid', '--pgid', '--uid'] }],
  ['chrt', { short: 'TPDp', long: ['--sched-runtime', '--sched-period', '--sched-deadline'], own: 1 }],
  ['taskset', { own: 1 }],
  ['time', { short: 'fo', long: ['--format', '--output'] }],
  ['gtime', { short: 'fo', long: ['--format', '--output'] }],
  ['timeout', { short: 'sk', long: ['--signal', '--kill-after'], own: 1 }],
  ['gtimeout', { short: 'sk', long: ['--signal', '--kill-after'], own: 1 }],
  ['nohup', PLAIN],
  ['setsid', PLAIN],
  ['command', PLAIN],
  ['exec', { short: 'a' }],
  ['tini', { short: 'pe' }],
  ['dumb-init', { short: 'r', long: ['--rewrite'] }],
  ['catatonit', PLAIN],
  ['stdbuf', { short: 'ioe', long: ['--input', '--output', '--error'] }],
  ['unbuffer', PLAIN],
  [
    'xargs',
    {
      short: 'adEILnPsRSJ',
      long: ['--arg-file', '--delimiter', '--max-args', '--max-chars', '--max-procs', '--process-slot-var'],
    },
  ],
  ['chroot', { short: 'ugG', long: ['--userspec', '--groups'], own: 1 }],
  [
    'unshare',
    { short: 'SGRw', long: ['--setuid', '--setgid', '--root', '--wd', '--propagation', '--setgroups'] },
  ],
  ['nsenter', { short: 'tSG', long: ['--target', '--setuid', '--setgid'] }],
  [
    'setpriv',
    {
      long: [
        ...[
          '--reuid',
          '--regid',
          '--groups',
          '--inh-caps',
          '--ambient-caps',
          '--bounding-set',
          '--securebits',
        ],
        ...['--pdeathsig', '--selinux-label', '--apparmor-profile'],
      ],
    },
  ],
  [
    'flock',
    {
      short: 'wEc',
      long: ['--timeout', '--wait', '--conflict-exit-code'],
      shell: ['-c', '--command'],
      own: 1,
    },
  ],
  ['strace', { short: 'eoOpsSuEaIPXbU', long: ['--output', '--trace', '--user', '--env', '--attach'] }],
  [
    'script',
    {
      short: 'BEIOTm',
      long: [
        '--echo',
        '--log-in',
        '--log-io',
        '--log-out',
        '--log-timing',
        '--logging-format',
        '--output-limit',
      ],
      shell: ['-c', '--command'],
    },
  ],
  [
    'systemd-run',
    {
      short: 'HMpuE',
      long: [
        ...['--host', '--machine', '--property', '--unit', '--setenv', '--description', '--slice', '--uid'],
        ...['--gid', '--nice', '--working-directory', '--service-type'],
      ],
      shell: ['-S', '--shell'],
    },
  ],
  ['pkexec', { long: ['--user'] }],
  ['numactl', { short: 'iNCmPpl', long: ['--interleave', '--cpunodebind', '--physcpubind', '--membind'] }],
  ['prlimit', PLAIN],
  ['firejail', PLAIN],
  ['torsocks', { short: 'uPp' }],
  ['proxychains', { short: 'f' }],
  ['proxychains4', { short: 'f' }],
  ...['op', 'doppler', 'infisical', 'dotenv', 'dotenvx', 'aws-vault', 'chamber', 'teller', 'envchain'].map(
    (name): [string, Wrapper] => [name, FILLING],
  ),
  ['caffeinate', { short: 'tw' }],
  [
    'xvfb-run',
    { short: 'enfpsw', long: ['--error-file', '--server-num', '--auth-file', '--server-args', '--wait'] },
  ],
  ['dbus-run-session', { long: ['--config-file', '--dbus-daemon'] }],
])

/** The program that a command finally runs. */
export interface Unwrapped {
  program: string
  args: readonly string[]
  /** Its index among the arguments of the command; -1 if it is the command itself. */
  index: number
  /** An option by which a wrapper passes a command line to a shell, and its index. */
  shell?: { option: string; index: number }
}

/**
 * Skips programs that only start another program, as in `env A=1 nice -n 5 …`. A wrapper without a program is itself
 * the program. Reads each argument once.
 */
export function unwrap(command: string, args: readonly string[]): Unwrapped {
  let unwrapped: Unwrapped = { program: command, args, index: -1 }
  for (;;) {
    const wrapper = WRAPPERS.get(parseProgram(unwrapped.program))
    if (wrapper === undefined) break
    const { next, shell } = readOwn(wrapper, args, unwrapped.index + 1)
    if (shell !== undefined) return { ...unwrapped, args: args.slice(unwrapped.index + 1), shell }
    const program = args[next]
    if (program === undefined) break
    unwrapped = { program, args, index: next }
  }
  return { ...unwrapped, args: args.slice(unwrapped.index + 1) }
}

/** Index of the program after a wrapper's own arguments. */
function readOwn(
  wrapper: Wrapper,
  args: readonly string[],
  from: number,
): { next: number; shell?: Unwrapped['shell'] } {
  let at = from
  if (wrapper.dashes) {
    const dashes = args.indexOf('--', from)
    return { next: dashes < 0 ? args.length : dashes + 1 }
  }
  for (; args[at]?.startsWith('-'); at++) {
    const arg = args[at] as string
    if (arg === '--') {
      at++
      break
    }
    const { shell, isValueNext } = readOption(wrapper, arg)
    if (shell !== undefined) return { next: at, shell: { option: shell, index: at } }
    if (isValueNext) at++
  }
  if (wrapper.assigns) while (args[at]?.includes('=')) at++
  const next = at + (wrapper.own ?? 0)
  // Behind its own arguments, only such an option is one of the wrapper: `flock FILE -c LINE`.
  const { shell } = next > at && args[next]?.startsWith('-') ? readOption(wrapper, args[next]) : {}
  return { next, ...(shell === undefined ? {} : { shell: { option: shell, index: next } }) }
}

function readOption(wrapper: Wrapper, arg: string): { shell?: string; isValueNext?: boolean } {
  const { short = '', long = [], shell = [] } = wrapper
  if (arg.startsWith('--')) {
    const end = arg.search(/[=\s]/)
    const option = end < 0 ? arg : arg.slice(0, end)
    // GNU programs accept any unambiguous prefix of a long option; a prefix shorter than this is ambiguous.
    const matchesOption = (name: string) => name === option || (option.length > 3 && name.startsWith(option))
    const line = shell.find(matchesOption)
    return line !== undefined ? { shell: line } : { isValueNext: end < 0 && long.some(matchesOption) }
  }
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at] as string
    if (shell.includes(`-${letter}`)) return { shell: `-${letter}` }
    if (short.includes(letter)) return { isValueNext: at === arg.length - 1 }
  }
  return {}
}
