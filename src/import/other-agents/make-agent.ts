import type { JsonObject } from '../../contract/kind.ts'
import { readIdentity } from '../claude-agents/identity.ts'
import { readPowers } from '../claude-agents/powers.ts'
import { readSkills } from '../claude-agents/skills.ts'
import { escapeVariables } from '../claude-agents/variables.ts'
import { cut } from '../cut.ts'
import { guessDraft, guessLoose } from '../guesses.ts'
import type { Foreign, Guess, ReadOptions } from '../sources/format.ts'
import type { FrontMatter } from '../sources/front-matter.ts'

const PROMPT = 'prompts/system.md'
const MAX_TITLE = 80

/** What a format has read of one file. */
export interface AgentParts {
  /** With `name` and `description`, and the prompt as body. */
  matter: FrontMatter
  /** A name for people, where the format has one. */
  title?: string
  model?: JsonObject
  /** What limits the agent, in the fields of Claude Code: tools, MCP servers, denials. */
  powers: JsonObject
  /** Further fields of the manifest. */
  fields?: JsonObject
  /** What no field of the manifest takes. */
  keptFields: JsonObject
  guesses?: readonly Guess[]
}

/** Makes an agent of what a format has read. It gets no more than its source asks for. */
export function makeAgent(path: string, parts: AgentParts, options: ReadOptions): Foreign {
  const { matter, title, model, fields, keptFields, guesses = [] } = parts
  const identity = readIdentity(path, matter, options)
  if ('rule' in identity) return { ok: false, findings: [identity] }
  const { id, description, rest } = identity
  const name = title === undefined ? identity.name : cut(title.replace(/\s+/g, ' ').trim(), MAX_TITLE).head
  const { skills, guesses: skillGuesses } = readSkills(matter.body, { id, name, description })
  const powers = readPowers(parts.powers, [])
  const { prompt, guesses: variableGuesses } = escapeVariables(matter.body)
  const manifest: JsonObject = {
    agentId: id,
    name,
    description,
    ...(options.owner === undefined ? { status: 'draft' } : { owner: options.owner }),
    skills,
    ...(model ? { model } : {}),
    prompts: { system: PROMPT },
    ...fields,
    ...powers.fields,
  }
  return {
    ok: true,
    definition: {
      id,
      manifest,
      files: { [PROMPT]: prompt },
      unmapped: { ...keptFields, ...(rest === '' ? {} : { descriptionRest: rest }) },
      guesses: [
        ...guessLoose(matter.loose),
        ...guessDraft(options.owner),
        ...identity.guesses,
        ...guesses,
        ...powers.guesses,
        ...skillGuesses,
        ...variableGuesses,
      ],
    },
  }
}

/** The fields of an object that are not among some names. */
export function without(data: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)))
}

/** Text that is not blank. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
