interface OlderProps {
  list: { hasNextPage: boolean; fetchNextPage: () => void }
  /** What the list has, such as `plans`. */
  what: string
}

/** The button for the next page of a list that goes back in time. */
export function Older({ list: { hasNextPage, fetchNextPage }, what }: OlderProps) {
  if (!hasNextPage) return null
  return (
    <p class="actions">
      <button type="button" onClick={() => fetchNextPage()}>
        Show older {what}
      </button>
    </p>
  )
}
