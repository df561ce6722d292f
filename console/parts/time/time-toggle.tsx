import { useLocation, useSearch } from 'wouter-preact'
import { serverNow } from '../../data/clock.ts'
import { useMoment } from '../../data/moment.ts'
import { useSession } from '../../data/session.ts'
import { withQuery } from '../../model/address/url-state.ts'

/** Goes to the past, or back to now. The past is shown to publishers. */
export function TimeToggle() {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const { isPast } = useMoment()
  const { publisher } = useSession()
  if (!publisher) return null
  const name = isPast ? 'Return to now' : 'Look at an earlier time'
  const change = () => {
    const at = isPast ? undefined : new Date(serverNow()).toISOString()
    navigate(path + withQuery(search, { at }))
  }
  return (
    <button
      type="button"
      class="quiet time-toggle"
      aria-pressed={isPast}
      aria-label={name}
      title={name}
      onClick={change}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" class="sign" aria-hidden="true">
        <path d="M2.5 8A5.5 5.5 0 1 0 4 4.2M4 1.5v3h3M8 5v3.2l2 1.3" />
      </svg>
    </button>
  )
}
