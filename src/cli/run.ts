import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core/config'
import { run as runCommand } from '@oclif/core/run'
import { nearest } from '../core/contract/nearest.ts'
import { Failure } from '../core/failure.ts'
import { findProject } from '../core/project.ts'
import { asFailure } from './as-failure.ts'
import { printFailure, wantsStack } from './output.ts'

/**
 * Starts the CLI: finds the project, adds its plugins to oclif's, and leaves the rest to oclif. What fails before a
 * command is there to catch it ends here, in the same form. When it returns, everything is written and closed.
 */
export async function run(): Promise<void> {
  const words = asked(process.argv.slice(2))
  // Node's and oclif's warnings are for developers; what a user must know is a failure or a finding.
  if (!wantsStack()) process.removeAllListeners('warning')
  const options = { root: fileURLToPath(new URL('..', import.meta.url)) }
  try {
    const { root, plugins } = findProject(process.cwd())
    const additions = plugins.length ? { pluginAdditions: { core: plugins, path: root } } : {}
    await runCommand(words, { ...options, ...additions })
  } catch (error) {
    const failure = isNotFound(error) ? await noSuchCommand(words, options) : asFailure(error, undefined)
    printFailure(failure, { json: words.includes('--json') })
    process.exitCode = failure.exit
  }
  for (const stream of [process.stdout, process.stderr])
    await new Promise((written) => stream.write('', written))
}

/** `nofx help registry publish` is what many type for `nofx registry publish --help`. */
function asked(words: string[]): string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words
}

/** oclif has no code for it. */
function isNotFound(error: unknown): boolean {
  const { oclif, message } = error as { oclif?: unknown; message?: string }
  return oclif !== undefined && /^command .+ not found\.?$/i.test(message ?? '')
}

async function noSuchCommand(words: string[], options: { root: string }): Promise<Failure> {
  const { commandIDs } = await Config.load(options)
  const named = words.filter((word) => !word.startsWith('-')).slice(0, 2)
  const names = commandIDs.map((id) => id.replaceAll(':', ' '))
  const [first = ''] = named
  // Who types `nofx publish` has left its topic out.
  const inTopic = names.find((name) => name.endsWith(` ${first}`))
  const near = nearest(named.join(' '), names) ?? inTopic ?? nearest(first, names)
  return new Failure(
    'USAGE',
    `there is no command "${(named.length ? named : words).join(' ')}"`,
    near ? `did you mean: nofx ${near}` : 'see: nofx --help',
  )
}
