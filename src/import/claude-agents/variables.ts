import { variablesIn } from '../../plugins/agents/manifest/prompt-variables.ts'
import type { Guess } from '../sources/format.ts'

/** A body as a prompt, where the original tool has no variables: braces that would be read as one stay braces. */
export function escapeVariables(body: string): { prompt: string; guesses: Guess[] } {
  const names = [...variablesIn(body).keys()]
  const prompt = body
    .replace(/\\\{\{/g, '\\\\{{')
    .replace(/(?<![\\$])\{\{(?=\s*[A-Za-z_][A-Za-z0-9_]*\s*\}\})/g, '\\{{')
  if (names.length === 0) return { prompt, guesses: [] }
  const why = 'the source has no variables: the braces are text, written as "\\{{"'
  return { prompt, guesses: [{ field: 'prompts.system', what: names.join(', '), why }] }
}
