import { expect } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import type { Follower } from './follower.ts'
import { linesIn } from './printed-commands.ts'

/** A state of the product in which a hint is printed. */
export interface Hint {
  /** The places of the sources that print it: `path: command`, with `<value>` for each value that is put in. */
  sites: readonly string[]
  /** Brings the product into the state, and returns what the person then sees. */
  shown: (person: Follower) => Promise<string>
  /** Variables that are set when the hint is printed, and until a command of the hint unsets them. */
  env?: Record<string, string>
  /** The folder of the project in which the hint is printed, if it is another than its root. */
  at?: string
  /** What the person writes in the place of a placeholder. */
  put?: Record<string, string | ((person: Follower) => Promise<string>)>
  /** What the person does first, where the hint says so in words. */
  first?: (person: Follower) => unknown
  /** Every command that is printed is followed, and not only those of `sites`. */
  every?: boolean
  /** Set for a command that shows a problem and says so in its exit status, with words that it then prints. */
  says?: RegExp
  /** What then works. */
  after?: (person: Follower) => unknown
}

/** Programs that need an account; `npm run check:supabase` and `npm run check:vercel` run their commands. */
const FOREIGN = /^(?:supabase|vercel) /

/** Placeholders that mean the same everywhere. */
const USUAL: Record<string, string> = { '<why>': 'a test of hints', '<reason>': 'hints' }

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a printed line is one of a place of the sources. */
function isFrom(line: string, site: string): boolean {
  const command = site.slice(site.indexOf(': ') + 2)
  return new RegExp(`^${command.split('<value>').map(escaped).join('.*')}`, 's').test(line)
}

/** Puts in what a person writes for each `<placeholder>`; a shell would take it for the name of a file. */
async function fillIn(line: string, { put }: Hint, person: Follower): Promise<string> {
  let filled = line
  for (const [name, value] of Object.entries({ ...USUAL, ...put }))
    if (filled.includes(name))
      filled = filled.replaceAll(name, typeof value === 'string' ? value : await value(person))
  expect(filled, 'a row names what the person puts in for each placeholder').not.toMatch(/<[\w/ ]+>/)
  return filled
}

async function run(line: string, { says }: Hint, person: Follower): Promise<void> {
  if (says) expect((await person.type(line)).text).toMatch(says)
  else await person.does(line)
}

/** What a person sees of a failure. */
export async function hintOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => new Error('nothing failed'),
    (error: unknown) => error,
  )
  if (!(thrown instanceof Failure)) throw thrown
  return `${thrown.message}\n  hint: ${thrown.hint}`
}

/** Does what a hint says, word for word, where it is printed. */
export async function follow(hint: Hint, someone: Follower): Promise<void> {
  const person = someone.as(hint.env ?? {}, hint.at)
  const text = await hint.shown(person)
  const lines = linesIn(text.replaceAll(/^(?:error|warning) .*$/gm, '')).filter((line) => !FOREIGN.test(line))
  const chosen = hint.sites.map((site) => ({ site, line: lines.findLast((line) => isFrom(line, site)) }))
  expect(
    chosen.filter(({ line }) => line === undefined).map(({ site }) => site),
    text,
  ).toEqual([])
  await hint.first?.(person)
  for (const line of new Set(hint.every ? lines : chosen.map((one) => one.line ?? '')))
    await run(await fillIn(line, hint, person), hint, person)
  await hint.after?.(person)
}
