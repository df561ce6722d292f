import type { Guess } from '../sources/format.ts'

const ANTHROPIC = /^(opus|sonnet|haiku|opusplan)(\[1m\])?$|^claude-/

/** The agent's model. `inherit`, and no model at all, is what leaving the field out means. */
export function readModel(model: string | undefined): {
  model?: { provider?: string; name: string }
  guesses: Guess[]
} {
  if (model === undefined || model === '' || model === 'inherit') return { guesses: [] }
  if (ANTHROPIC.test(model)) {
    const guess = {
      field: 'model.provider',
      what: 'anthropic',
      why: 'the original tool knows the model by its short name',
    }
    return { model: { provider: 'anthropic', name: model }, guesses: [guess] }
  }
  return {
    model: { name: model },
    guesses: [{ field: 'model.provider', what: `none for ${model}`, why: 'the model is not known' }],
  }
}
