import { findHookManager, HOOKS, type Hook } from '../../core/init/hook.ts'
import type { Place } from '../../core/init/place.ts'
import { count } from '../present/table.ts'
import { askText } from '../terminal/ask-text.ts'

/** What the flags say; undefined where they say nothing. */
export interface InitFlags {
  git?: boolean | undefined
  editor?: boolean | undefined
  hook?: Hook | undefined
  workflow?: boolean | undefined
  first?: First | undefined
  id?: string | undefined
}

export const FIRSTS = ['agent', 'import', 'none'] as const
export type First = (typeof FIRSTS)[number]

/** The answers to all questions. */
export interface InitAnswers {
  git: boolean
  editor: boolean
  hook: Hook
  workflow: boolean
  first: First
  id: string
}

/** Facts about the project that decide which questions are asked. */
export interface Situation {
  place: Place
  /** How many definitions an import would make; 0 if there is nothing to import. */
  importable: number
  /** The folder of Claude's files, for people. */
  from: string
  hasDefinitions: boolean
  /** Whether the package says where its action is. */
  hasAction: boolean
}

/** Asks a person one question. */
export type AskPerson = (question: string, usual: string) => Promise<string>

/** The id of a first agent whose id is not given. */
const FIRST_ID = 'assistant'

/** Asks on the terminal; an empty answer is the usual one. */
export function onTerminal(signal: AbortSignal): AskPerson {
  return async (question, usual) => (await askText(`${question} [${usual}]`, { signal })).trim() || usual
}

/**
 * What the project gets: what the flags say, else what a person answers.
 * @param ask undefined without a person; a repository and a hook of git itself are then made only if a flag asks for them
 */
export async function settle(
  flags: InitFlags,
  situation: Situation,
  ask: AskPerson | undefined,
): Promise<InitAnswers> {
  const { place, hasAction } = situation
  const yes = async (question: string, usual: boolean) => (ask ? askYes(question, usual, ask) : usual)
  const person = ask !== undefined
  const git = place.repository ? false : (flags.git ?? (await yes('Make a git repository here?', person)))
  const editor = flags.editor ?? (await yes('Let VS Code check manifests as you type?', true))
  const hook = flags.hook ?? (place.repository || git ? await chooseHook(place, ask) : 'none')
  const onGitHub = place.repository?.onGitHub === true
  const workflow =
    flags.workflow ?? (hasAction && (await yes('Add a workflow for GitHub Actions?', onGitHub)))
  const first = flags.first ?? (await chooseFirst(situation, yes))
  const agentId = flags.id ?? (first === 'agent' ? await ask?.('The id of the agent?', FIRST_ID) : undefined)
  return { git, editor, hook, workflow, first, id: agentId ?? FIRST_ID }
}

async function chooseHook(place: Place, ask: AskPerson | undefined): Promise<Hook> {
  const manager = findHookManager(place)
  if (!ask) return manager ?? 'none'
  const question = `Check definitions before each commit? (${HOOKS.join(', ')})`
  for (;;) {
    const answer = await ask(question, manager ?? 'git')
    const hook = HOOKS.find((one) => one === answer.toLowerCase())
    if (hook) return hook
  }
}

async function chooseFirst(
  { importable, from, hasDefinitions }: Situation,
  yes: (question: string, usual: boolean) => Promise<boolean>,
): Promise<First> {
  if (hasDefinitions) return 'none'
  if (importable > 0 && (await yes(`Import ${count(importable, 'definition')} from ${from}?`, true)))
    return 'import'
  return (await yes('Make a first agent?', importable === 0)) ? 'agent' : 'none'
}

/** A question that is answered by y or n. */
export async function askYes(question: string, usual: boolean, ask: AskPerson): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(question, usual ? 'y' : 'n'))
}
