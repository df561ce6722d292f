import { stateWord, toneOf } from '../../model/runs/run-words.ts'

/** The state of a run or a step: a dot and its word. */
export function RunState({ state }: { state: string }) {
  return (
    <span class={`status is-${toneOf(state)}`}>
      <span class="dot" aria-hidden="true" />
      {stateWord(state)}
    </span>
  )
}
