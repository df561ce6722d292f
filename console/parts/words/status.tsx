const NAMES: Readonly<Record<string, string>> = {
  active: 'live',
  deprecated: 'attention',
  draft: 'soft',
  disabled: 'danger',
  removed: 'soft',
}

/** The state of a definition: a dot and its word, because colour never speaks alone. */
export function Status({ state }: { state: string }) {
  return (
    <span class={`status is-${NAMES[state] ?? 'soft'}`}>
      <span class="dot" aria-hidden="true" />
      {state}
    </span>
  )
}
