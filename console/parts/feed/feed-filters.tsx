import { useLocation, useSearch } from 'wouter-preact'
import type { FeedEvent } from '../../data/feed/events.ts'
import { useMoment } from '../../data/moment.ts'
import { useKinds } from '../../data/queries.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { wordOf } from '../../model/feed/tell-events.ts'
import { Foreign } from '../words/foreign.tsx'

/** Words of the feed's types. */
const TYPES = ['added', 'updated', 'removed', 'withdrawn', 'validation failed']

/** Events that the address asks for. */
export function keepMatching(events: readonly FeedEvent[], search: string): FeedEvent[] {
  const query = new URLSearchParams(search)
  const [kind, type, id] = ['kind', 'type', 'id'].map((name) => query.get(name))
  return events.filter(
    (event) =>
      (!kind || event.kind === kind) && (!type || wordOf(event.type) === type) && (!id || event.id === id),
  )
}

/** Which events are shown, and from where on. */
export function FeedFilters({ isReplay }: { isReplay: boolean }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const kinds = useKinds(useMoment()).data?.body.items.map(({ id }) => id) ?? []
  const set = (name: string, value: string | undefined) =>
    navigate(path + withQuery(search, { [name]: value }))
  const id = query.get('id')
  return (
    <div class="filters">
      <Choice label="Kind" all="every kind" name="kind" options={kinds} set={set} search={search} />
      <Choice label="Type" all="every type" name="type" options={TYPES} set={set} search={search} />
      {id && (
        <button type="button" class="chip" onClick={() => set('id', undefined)}>
          id <Foreign text={id} /> <span aria-hidden="true">×</span>
          <span class="visually-hidden">, remove this filter</span>
        </button>
      )}
      <button type="button" aria-pressed={isReplay} onClick={() => set('since', isReplay ? undefined : '0')}>
        Replay
      </button>
    </div>
  )
}

interface ChoiceProps {
  label: string
  all: string
  name: string
  options: readonly string[]
  search: string
  set: (name: string, value: string) => void
}

function Choice({ label, all, name, options, search, set }: ChoiceProps) {
  const value = new URLSearchParams(search).get(name) ?? ''
  return (
    <label>
      <span class="visually-hidden">{label}</span>
      <select value={value} onChange={({ currentTarget }) => set(name, currentTarget.value)}>
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  )
}
