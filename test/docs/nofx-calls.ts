import type { ListedCommand } from '../cli/support/commands.ts'
import { type Page, proseOf } from './pages.ts'

/** `nofx` with its arguments, as a page has it. */
export interface NofxCall {
  line: number
  text: string
}

const SHELLS = new Set(['sh', 'bash', 'console', 'yaml', 'yml'])
/** The end of a command in a line of a shell or of code. */
const END = /&&|\|\||[|;>)`"]|(?:^|\s)#.*|'(?=\s*$)/

/** Calls in fences for a shell, run by tests or not, and in `code` of the text. */
export function nofxCallsOf(page: Page): NofxCall[] {
  const fences = page.fences.filter(({ language }) => SHELLS.has(language))
  const lines = fences.flatMap(({ text, line }) =>
    text
      .replaceAll(/\\\n\s*/g, (cut) => ' '.repeat(cut.length - 1))
      .split('\n')
      .map((one, index) => ({ line: line + 1 + index, text: one })),
  )
  const prose = proseOf(page)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => ({ line: index + 1, text: code })),
    )
  return [...lines, ...prose.filter(({ text }) => /^(?:npx )?nofx /.test(text))].flatMap(({ line, text }) =>
    [...text.matchAll(/(?:^|[\s(;&|`])nofx ([a-z].*)/g)].map(([, words = '']) => ({ line, text: words })),
  )
}

/** The parts of a call that the CLI does not know, one sentence each; empty if it knows all. */
export function unknownIn({ line, text }: NofxCall, commands: readonly ListedCommand[]): string[] {
  const words = withoutQuoted(text).split(END)[0]?.trim().split(/\s+/) ?? []
  if (words[0] === 'help') return []
  const named = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'))
  const found = commands.find(({ words: id }) => id.every((word, index) => named[index] === word))
  const isTopic = commands.some(({ words: id }) => id.length > 1 && id[0] === named[0])
  if (!found) return isTopic && named.length === 1 ? [] : [`line ${line}: there is no command "nofx ${text}"`]
  const flags = words
    .filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.slice(2).split('=')[0] as string)
  return flags
    .filter(
      (flag) =>
        !Object.hasOwn(found.flags, flag.replace(/^no-/, '')) && flag !== 'help' && flag !== 'version',
    )
    .map((flag) => `line ${line}: nofx ${found.words.join(' ')} has no --${flag}`)
}

const withoutQuoted = (text: string) => text.replaceAll(/'[^']*'|"[^"]*"/g, 'x')
