import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listCommands } from '../cli/support/commands.ts'
import { unknownIn } from './nofx-calls.ts'
import { runSteps } from './run-steps.ts'
import type { Step } from './steps.ts'

const commands = listCommands()
const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as {
  commands: Record<string, { summary?: string; examples?: string[] }>
}
/** Commands that run until they are ended, or that need a running `nofx dev` or the Auth of a project. */
const STAYS = new Set(['console', 'dev', 'mcp', 'registry:watch', 'login', 'logout', 'whoami'])
/** Command lines that ask a person. */
const ASKS = new Set(['nofx init'])

const examples = commands.flatMap(({ id, words }) =>
  (manifest.commands[id]?.examples ?? []).map((text) => ({
    id,
    command: text.replaceAll('<%= config.bin %>', 'nofx').replaceAll('<%= command.id %>', words.join(' ')),
  })),
)

describe('the help of every command', () => {
  it('has a summary on one line', () => {
    const without = commands.filter(
      ({ id }) => !/^[A-Z].{10,100}\.$/.test(manifest.commands[id]?.summary ?? ''),
    )
    expect(without.map(({ id }) => id)).toEqual([])
  })

  it('names only flags that the command has', () => {
    const calls = examples.flatMap(({ command }) => command.split('&&').map((part) => part.trim()))
    const texts = calls.map((call) => call.replace(/^.*?nofx /, ''))
    expect(texts.flatMap((text) => unknownIn({ line: 0, text }, commands))).toEqual([])
  })

  it('shows only command lines that are valid', async () => {
    const steps = examples
      .filter(({ id, command }) => !STAYS.has(id) && !ASKS.has(command))
      .map(
        ({ command }, index): Step => ({ does: 'run', line: index, command, exit: 'any', shown: undefined }),
      )
    expect(await runSteps(steps, 'published')).toBe(undefined)
  })
})
