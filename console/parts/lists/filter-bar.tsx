import { useLocation } from 'wouter-preact'
import { useMoment } from '../../data/moment.ts'
import { useSession } from '../../data/session.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { Chip } from './chip.tsx'
import { Choice } from './choice.tsx'

/** The filters of a list, as its address names them. */
export const FILTERS = ['status', 'tag', 'skill', 'category', 'owner', 'search', 'waiting', 'held'] as const

/** Filters that have a field of their own; the others come from links and stand as chips. */
const FIELDS = ['status', 'waiting']
const PUBLIC = ['active', 'deprecated']
const ORDERS = [
  ['', 'by id'],
  ['-updatedAt', 'newest first'],
] as const
const INNER = ['draft', 'disabled', 'removed']

/** What a list shows, and in which order. */
export function FilterBar({ kind, search }: { kind: string; search: string }) {
  const [, navigate] = useLocation()
  const { publisher } = useSession()
  const { isPast } = useMoment()
  const query = new URLSearchParams(search)
  const set = (name: string, value: string | undefined) =>
    navigate(`/${kind}${withQuery(search, { [name]: value })}`)
  const states = publisher ? [...PUBLIC, ...INNER] : PUBLIC
  return (
    <div class="filters">
      <Choice
        label="Status"
        value={query.get('status') ?? ''}
        options={[['', 'every status'], ...states.map((state) => [state, state] as const)]}
        choose={(state) => set('status', state)}
      />
      <Choice
        label="Order"
        value={query.get('sort') ?? ''}
        options={ORDERS}
        choose={(order) => set('sort', order)}
      />
      {publisher && !isPast && (
        <button
          type="button"
          aria-pressed={query.get('waiting') === 'true'}
          onClick={() => set('waiting', query.has('waiting') ? undefined : 'true')}
        >
          Drafts that wait
        </button>
      )}
      {FILTERS.filter((name) => !FIELDS.includes(name) && query.has(name)).map((name) => (
        <Chip key={name} name={name} value={query.get(name) ?? ''} remove={() => set(name, undefined)} />
      ))}
    </div>
  )
}
