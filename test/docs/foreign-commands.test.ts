import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SUPABASE, VERCEL } from '../../src/core/foreign-commands.ts'
import { readPages } from './pages.ts'

/** A constant as a pattern: each blank stands for one word. */
const patterns = [...Object.values(SUPABASE), ...Object.values(VERCEL)].map(
  (command) => new RegExp(`^${command.replace(/[.*+?^$()[\]\\|{}]/g, '\\$&').replace(/<\w+>/g, '\\S+')}$`),
)
const isKnown = (command: string) => patterns.some((pattern) => pattern.test(command))

/** The commands of the tools in a line of shell, or in code between backticks. */
function commandsIn(text: string): string[] {
  const starts = text.matchAll(/(?:^|[`'"]|&& |: )((?:supabase|vercel) [a-z][^`'"#\n&]*)/gm)
  return [...starts].map(([, command = '']) => command.trim().replace(/[.,;]$/, ''))
}

/** The code of a page: its shell blocks, and what is between backticks. */
function codeOf(text: string): string {
  const fences = [...text.matchAll(/```(?:sh|bash|console)[^\n]*\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  )
  const inline = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
  return [...fences.map((code) => code.replace(/^ +/gm, '')), ...inline].join('\n')
}

/** Names of tools and of subcommands in prose, which no reader runs as they stand. */
const NAMES = new Set(['supabase db lint', 'vercel build'])

describe('commands of other tools are those of src/core/foreign-commands.ts', () => {
  const pages = readPages().filter(({ path }) => !path.includes('decisions/'))
  test.each(pages)('in $path', ({ text }) => {
    const commands = commandsIn(codeOf(text)).filter((command) => !NAMES.has(command))
    expect(commands.filter((command) => !isKnown(command))).toEqual([])
  })

  test('in the messages of the sources', () => {
    const found = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== join('core', 'foreign-commands.ts'))
      .flatMap((path) => {
        const text = readFileSync(join('src', path), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')
        return commandsIn(text).map((command) => `${path}: ${command}`)
      })
    expect(found).toEqual([])
  })

  test('and the search finds a command that is not one of them', () => {
    expect(
      commandsIn('`supabase db push`\nsupabase db push --remote  # x').filter((one) => !isKnown(one)),
    ).toEqual(['supabase db push', 'supabase db push --remote'])
  })
})
