/** The parts of an event that are told. */
export interface ToldEvent {
  kind: string
  id: string
  version: number | null
  type: string
}

/** The word of an event's type, such as `updated` of `agent.updated`. */
export const wordOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1).replaceAll('_', ' ')

/** One sentence about what happened, for a reader who does not see the page. */
export function tellEvents(events: readonly ToldEvent[]): string {
  const last = events.at(-1)
  if (!last) return ''
  const names = new Set(events.map(({ kind, id }) => `${kind}/${id}`))
  if (names.size > 1) return `${names.size} definitions changed`
  const { kind, id, version, type } = last
  const what = version === null ? wordOf(type) : `${wordOf(type)}, v${version}`
  return `${kind}/${id}: ${what}`
}
