import { variablesIn } from '../../plugins/agents/manifest/prompt-variables.ts'
import type { Guess } from '../sources/format.ts'

/** A prompt may declare this many variables, each name this long in characters. */
const MAX_VARIABLES = 100
const MAX_NAME = 64

/** Variables that a body uses, by the same reading as the rule that wants them declared. */
export function variablesOf(body: string): { variables: string[]; guesses: Guess[] } {
  const names = [...variablesIn(body).keys()].filter((name) => name.length <= MAX_NAME)
  const variables = names.slice(0, MAX_VARIABLES)
  if (variables.length === 0) return { variables, guesses: [] }
  const why = 'the body uses them: each run must be given a value'
  return { variables, guesses: [{ field: 'prompts.system.variables', what: variables.join(', '), why }] }
}
