/** Whether a publish or a validation was accepted: a dot and the word. */
export function Verdict({ verdict }: { verdict: 'accepted' | 'refused' }) {
  return (
    <span class={`status ${verdict === 'accepted' ? 'is-live' : 'is-danger'}`}>
      <span class="dot" aria-hidden="true" />
      {verdict}
    </span>
  )
}
