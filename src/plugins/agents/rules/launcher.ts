import { type Ecosystem, isFixedVersion } from './fixed-version.ts'
import { parseProgram } from './program.ts'
import { unwrap } from './unwrap.ts'

/** A program that downloads packages and runs them. */
interface Launcher {
  ecosystem: Ecosystem
  /** Words that must precede the arguments described here: `pnpm dlx`, `docker run`. One of the lists must match. */
  verbs?: readonly (readonly string[])[]
  /** Options whose value is a package. With `instead`, the first argument is then not a package. */
  packages?: { also?: readonly string[]; instead?: readonly string[] }
  /** Options whose value is not a package. */
  valued?: readonly string[]
  /** If set, every option takes a value, except these and bundles of one-letter flags. */
  flags?: RegExp
  /** True if the first argument is never a package. */
  noArgument?: boolean
}

const NPM_VALUED = ['-w', '--workspace', '--registry', '--cache', '--prefix', '--userconfig', '--loglevel']
const UV_VALUED = [
  ...[
    '-p',
    '--python',
    '-i',
    '--index-url',
    '--index',
    '--default-index',
    '--extra-index-url',
    '-f',
    '--find-links',
  ],
  ...[
    '--directory',
    '--project',
    '--env-file',
    '--cache-dir',
    '--config-file',
    '--with-editable',
    '--with-requirements',
  ],
  ...[
    '--color',
    '--link-mode',
    '--resolution',
    '--prerelease',
    '--exclude-newer',
    '--index-strategy',
    '--group',
  ],
]

const npm = (verbs?: Launcher['verbs']): Launcher => ({
  ecosystem: 'npm',
  verbs,
  packages: { instead: ['-p', '--package'] },
  valued: NPM_VALUED,
})
const uv = (verbs?: Launcher['verbs']): Launcher => ({
  ecosystem: 'pypi',
  verbs,
  packages: { also: ['--with', '-w'], instead: ['--from'] },
  valued: UV_VALUED,
})
const container: Launcher = {
  ecosystem: 'image',
  verbs: [['run'], ['container', 'run'], ['create']],
  flags:
    /^(?:-[itdPq]+|--(?:rm|init|interactive|tty|detach|privileged|read-only|publish-all|quiet|no-healthcheck|oom-kill-disable|sig-proxy|help|tls|tlsverify|debug))$/,
}

const LAUNCHERS: ReadonlyMap<string, readonly Launcher[]> = new Map([
  ['npx', [npm()]],
  ['bunx', [npm()]],
  ['pnpx', [npm()]],
  ['npm', [npm([['exec'], ['x']])]],
  ['pnpm', [npm([['dlx']])]],
  ['yarn', [npm([['dlx']])]],
  ['bun', [npm([['x']])]],
  ['uvx', [uv()]],
  ['uv', [uv([['tool', 'run']]), { ...uv([['run']]), packages: { also: ['--with'] }, noArgument: true }]],
  [
    'pipx',
    [
      {
        ...uv([['run']]),
        packages: { instead: ['--spec'] },
        valued: ['--python', '--pip-args', '--index-url', '-i'],
      },
    ],
  ],
  ['docker', [container]],
  ['podman', [container]],
  ['nerdctl', [container]],
  [
    'deno',
    [
      {
        ecosystem: 'module',
        verbs: [['run'], ['x'], ['serve']],
        valued: ['-c', '--config', '-L', '--log-level'],
      },
    ],
  ],
  ['go', [{ ecosystem: 'module', verbs: [['run']], valued: ['-C', '-exec', '-tags', '-mod', '-modfile'] }]],
])

/** The package that a command downloads without a fixed version, if there is such a package. */
export function findLoosePackage(
  command: string,
  words: readonly string[],
): { spec: string; index: number } | undefined {
  const { program, args, index } = unwrap(command, words)
  for (const launcher of LAUNCHERS.get(parseProgram(program)) ?? []) {
    const start = afterVerbs(launcher, args)
    const loose = start < 0 ? undefined : listPackages(launcher, args, start).find(isLoose(launcher))
    if (loose !== undefined) return { spec: loose.spec, index: loose.index + index + 1 }
  }
  return undefined
}

const isLoose = (launcher: Launcher) => (match: { spec: string }) =>
  !isFixedVersion(launcher.ecosystem, match.spec)

function takesValue(launcher: Launcher, option: string): boolean {
  return launcher.flags ? !launcher.flags.test(option) : (launcher.valued?.includes(option) ?? false)
}

/** The index after the launcher's verb, which options may precede; -1 for another verb. */
function afterVerbs(launcher: Launcher, args: readonly string[]): number {
  if (launcher.verbs === undefined) return 0
  let index = 0
  for (; args[index]?.startsWith('-'); index++) {
    const { option, inline } = splitOption(args[index] as string)
    if (inline === undefined && takesValue(launcher, option)) index++
  }
  const verb = launcher.verbs.find((words) => words.every((word, offset) => args[index + offset] === word))
  return verb ? index + verb.length : -1
}

/** Splits `--name=value`, and `-e NAME` written as one entry. */
function splitOption(arg: string): { option: string; inline?: string } {
  const end = arg.search(/[=\s]/)
  return end < 0 ? { option: arg } : { option: arg.slice(0, end), inline: arg.slice(end + 1).trim() }
}

function listPackages(
  launcher: Launcher,
  args: readonly string[],
  start: number,
): { spec: string; index: number }[] {
  const { also = [], instead = [] } = launcher.packages ?? {}
  const packages: { spec: string; index: number }[] = []
  let argument = !launcher.noArgument
  for (let index = start; index < args.length; index++) {
    const arg = args[index] as string
    if (!arg.startsWith('-') || arg === '--') {
      const at = arg === '--' ? index + 1 : index
      if (argument && args[at] !== undefined) packages.push({ spec: args[at], index: at })
      break
    }
    const { option, inline } = splitOption(arg)
    const value = inline ?? args[index + 1]
    const isNamed = also.includes(option) || instead.includes(option)
    if (instead.includes(option)) argument = false
    if (inline === undefined && (isNamed || takesValue(launcher, option))) index++
    if (isNamed && value !== undefined)
      packages.push(...value.split(',').map((spec) => ({ spec: spec.trim(), index })))
  }
  return packages
}
