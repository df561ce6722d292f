/** A piece of a prompt and where it begins: text, or a variable that is filled in later. */
export interface PromptPiece {
  at: number
  text: string
  isVariable: boolean
}

/** Names of variables as prompts write them: `{{ name }}`. */
const VARIABLE = /\{\{\s*[\w.]+\s*\}\}/g

/** Divides a prompt at its variables; the pieces joined are the prompt. */
export function markVariables(text: string): PromptPiece[] {
  const pieces: PromptPiece[] = []
  let end = 0
  for (const { 0: variable, index } of text.matchAll(VARIABLE)) {
    if (index > end) pieces.push({ at: end, text: text.slice(end, index), isVariable: false })
    pieces.push({ at: index, text: variable, isVariable: true })
    end = index + variable.length
  }
  if (end < text.length) pieces.push({ at: end, text: text.slice(end), isVariable: false })
  return pieces
}
